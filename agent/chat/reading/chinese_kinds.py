"""Chinese kinds of product by the categories that they are sold in where none is named after them.

One line a category: words of its name | kinds | what people do with them. Kinds in the line with nothing before the bar
are sold anywhere: they are words to search for, and say nothing of a category.
"""

from __future__ import annotations

_TABLE = """
running jogging trail_running 跑步 | 跑鞋 短裤 跑步短裤 运动短裤 压缩裤 速干衣 跑步服 跑步帽 腰包 跑步腰包 能量胶 能量棒
  软水壶 软水袋 雪套 冰爪 背心包 空顶帽 臂包 手持水壶 补给 风衣 皮肤衣 跑步袜 腿套 心率带 | 减脂 跑个步 完赛 配速 训练
  体测
hiking trekking mountaineering 徒步 登山 | 登山靴 皮靴 徒步靴 登山鞋 徒步鞋 靴子 帐篷 睡袋 防潮垫 登山包 徒步包 冲锋衣
  冲锋裤 抓绒衣 羽绒服 登山杖 徒步杖 手杖 指南针 指北针 罗盘 地图袋 地图包 防水袋 营灯 露营灯
  太阳能灯 头巾 围脖 脖套 坐垫 徒步袜 登山袜 雨衣 鞋油 登山绳 护膝 速干裤 软壳 硬壳 打底衫 天幕 水囊 铲子 | 户外运动
  登顶 走戈壁 走沙漠 出野 走线 徒步旅行 转山 四姑娘山 贡嘎 虎跳峡 雨崩 武功山 泰山 黄山 华山 峨眉山 五台山 香山 鳌太
  稻城 亚丁 冈仁波齐 长城 雪山 爬泰山 爬黄山 爬华山 古道 遛山 戈壁 沙漠 高原 川藏 青藏
camp camping 露营 野营 | 套锅 炉头 气炉 炉子 折叠炉 折叠炉子 炉具 柴火炉 卡式炉 酒精炉 气罐 焖烧罐 焖烧杯 烧烤架 烤架
  吊锅
  饭盒 便当盒 餐盒 荷兰锅 露营杯 水桶 储水袋 三明治夹 野餐垫 吊架 露营炉 户外炉 挡风板 | 烧烤 户外火锅 煮火锅 房车 野炊
  自驾 自驾游 搭帐篷 扎帐篷 住帐篷 煮面 郊游
bird birding birdwatching 观鸟 鸟 | 望远镜 双筒 单筒 单筒望远镜 鸟食 鸟粮 鸟屋 鸟窝 巢箱 喂食器 鸟浴盆 水盆 图鉴
  鸟类图鉴 观鸟手册
  鸟谱 录音机 录音设备 伪装服 伪装帐 隐蔽帐 迷彩服 望远镜背带 红光手电 | 看鸟类 生态摄影 摄鸟 天鹅 白鹭 仙鹤 丹顶鹤
  老鹰 猫头鹰 翠鸟 喜鹊 麻雀 燕子 大雁 野鸭 鸳鸯 啄木鸟 鸟儿们 鸟 观察鸟 拍摄鸟类
coffee tea 咖啡 茶 | 马克杯 分享壶 细口壶 咖啡秤 电子秤 滤纸 滤布 咖啡滤纸 茶叶罐 茶罐 盖碗 公道杯 快客杯 闷泡壶 铁壶
  煮茶壶
  茶漏 保温壶 烧水壶 磨粉机 手磨 奶精 燕麦奶 咖啡粉 挂耳 挂耳咖啡 浓缩咖啡 普洱茶 生普 熟普 白茶 乌龙 龙井 铁观音 花茶
  岩茶
  正山小种 熟茶 生茶 茶饼 茶盘 茶台 茶宠 随行杯 建盏 手冲咖啡壶 手摇磨豆机 茶杯 茶具 咖啡杯 磨豆机 茶壶 滤杯 | 下午茶
  提神
cookware cooking kitchen 厨房 烹饪 | 煎锅 平底锅 炖锅 汤锅 奶锅 煎盘 铁锅 砂锅 蒸锅 高压锅 不粘锅 锅铲 菜板
  案板 切菜板 削皮刀 削皮器 剪刀 厨房剪 厨房剪刀 刀架 刀套 磨刀器 磨刀棒 剁骨刀 斩骨刀 砍骨刀 主厨刀 三德刀 小刀 沥水篮
  漏勺 打蛋盆 料理盆 搅拌碗 茶巾 抹布 擦碗布 保鲜布 蜡布 锅刷 钢丝球 铁锅刷 果酱锅 烤盘 擀面杖 围裙 锅盖 | 切肉 剁馅
  包饺子 炖排骨 摊煎饼 煎饼 切水果 炒个菜 爆炒
knitting crochet yarn 编织 毛线 | 钩针 勾针 棒针 毛衣针 直针 毛线球 线团 纱线 棉线 麻线 羊绒线 蕾丝线 袜子线 袜线
  马海毛线
  记号扣 计数器 绕线器 毛线碗 线碗 编织包 毛线袋 染料 植物染 羊毛洗剂 洗毛剂 缝针 织针 材料包 钩针套装 奶棉线 冰岛毛线
  毛线团 | 手工编织 打毛线衣 织件毛衣 织毛裤
sketching drawing journals 素描 手帐 | 钢笔 墨水 笔 铅笔 彩铅 彩色铅笔 毛笔 秀丽笔 软头笔 针管笔 中性笔 签字笔 马克笔
  蘸水笔 炭笔
  橡皮 橡皮擦 卷笔刀 削笔器 削笔刀 笔袋 笔帘 笔盒 笔套 素描纸 水彩纸 水彩笔 画纸 画夹 画板 画凳 折叠凳 调色盘 颜料
  写生本 点阵本
  方格本 空白本 皮面本 活页本 手帐本 胶带 贴纸 印章 书衣 本套 书皮 自来水笔 水笔 绘画手套 | 美术 美术班 绘画班 画室
  艺考 学美术 练字 写字 写信 记账 做笔记 记笔记 写作 涂色 临摹 书法 抄经 写东西 画点东西
| 背包 双肩包 收纳袋 净水器 滤水器 水袋 头灯 折刀 折叠刀 三脚架 背带 手机夹 手电 手电筒 保温杯 杯子 水杯 水壶 碗 盘子
  勺子 筷子 叉子 手套 帽子 围巾 袜子 外套 裤子 T恤 t恤 衬衫 夹克 马甲 鞋 鞋子 收纳盒 箱子 瓶子
  罐子 椅子 桌子 凳子 毯子 雨伞 耳机 手表 灯 灯具 手柄 钥匙扣 钱包 毛巾 腰带 把手 盖子 带子 拉链 乳制品 坚果 麸质 大豆
  墨镜 太阳镜 口罩 香薰 蜡烛 书 刷子 绳子 |
"""
# What ends the names of things: 保温杯, 折叠炉, 登山靴.
ENDS: frozenset[str] = frozenset(
    "锅壶杯刀笔包鞋靴炉灯袋帽裤袜衣罐瓶铲勺碗桶绳杖镜器机刷箱椅桌毯巾垫凳盘秤豆线针纸夹架扣"
)

# What English titles call what is said in Chinese: Fernhollow那个折叠炉 is a folding stove.
_IN_ENGLISH = """
炉:stove,burner 锅:pot,pan,skillet,wok,oven,saucepan,griddle 壶:kettle,pot,teapot,boiler 刀:knife,cleaver 勺:spoon
杯:mug,cup
主厨:chef 水果刀:petty 皮:leather 碗:bowl 盘:plate,pan 钛:titanium 铜:copper,brass 铁:iron 钢:steel,stainless
折叠:folding,foldable,collapsible 陶瓷:ceramic,stoneware
背包:backpack,vest 帐篷:tent 睡袋:sleeping 鞋:shoes,boots 靴:boots 袜:socks 帽:cap,hat 手套:mittens,gloves 登山杖:poles
望远镜:binoculars,monocular,scope 三脚架:tripod 笔:pen,pencil,brush 墨水:ink 本:journal,sketchbook,notebook,log,block
毛线:yarn,wool 线:yarn,wool 针:needle,needles,hooks 剪:scissors,snips 滤杯:dripper,cone,pour-over 磨豆机:grinder
滤水:filter
净水:filter 过滤:filter,filters 茶:tea,teapot 咖啡:coffee 秤:scale 记号扣:markers 橡皮:eraser 卷笔刀:sharpener
画架:easel
凳:stool 鸟屋:box 巢箱:box 鸟窝:box 图鉴:guide 录音:recorder 手电:torch 雨衣:poncho
围脖:tube 指南针:compass 罗盘:compass 茶叶罐:caddy 削皮:peeler 砧板:board 菜板:board 漏勺:colander 沥水:colander
净水袋:filter 坐垫:pad 头灯:headlamp 灯:lantern,headlamp,light,torch 喂鸟器:feeder 磨刀石:whetstone
""".split()
IN_ENGLISH: dict[str, tuple[str, ...]] = {
    said: tuple(titled.split(",")) for said, titled in (pair.split(":") for pair in _IN_ENGLISH)
}


def _read() -> tuple[dict[str, frozenset[str]], frozenset[str], frozenset[str]]:
    names_of: dict[str, frozenset[str]] = {}
    done: set[str] = set()
    anywhere: set[str] = set()
    for line in _TABLE.strip().replace("\n  ", " ").splitlines():
        names, kinds, talk = (part.split() for part in line.split("|"))
        done.update(talk)
        if names:
            for kind in (*kinds, *talk):
                names_of.setdefault(kind, frozenset(name.replace("_", " ") for name in names))
        else:
            anywhere.update(kinds)
    return names_of, frozenset(anywhere), frozenset(done)


NEAR, ANYWHERE, DONE = _read()  # names of the categories by what is said; kinds of no category; what is no kind
