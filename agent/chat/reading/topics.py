"""What shops sell and what people do with it: which words go with which words in the name of a category.

One line a topic: words that a category may have in its name | what people say when they are after it without naming a
kind of product | kinds of product that belong there. English phrases have _ for the space between words; a line that
begins with spaces goes on with the one before it.
"""

from __future__ import annotations

from typing import NamedTuple

_TABLE = """
coffee 咖啡 | coffee espresso barista brew brewing caffeine latte lattes flat_white cappuccino pour-over_coffee 咖啡
  手冲 意式 冲咖啡 喝咖啡 拿铁 美式 磨咖啡 煮咖啡 手冲咖啡 | coffee_grinder
  coffee_maker coffee_beans dripper espresso_machine french_press 咖啡豆 磨豆机 咖啡机 咖啡壶 滤杯 手冲壶 法压壶
  摩卡壶 咖啡杯
tea 茶 | tea tea_time matcha earl_grey oolong chai 茶 喝茶 泡茶 品茶 茶叶 饮茶 茶友 功夫茶 工夫茶 喝功夫茶 煮茶 茶道 |
  teapot tea_set loose_leaf_tea green_tea black_tea
  teabags 茶具 茶壶 茶杯 绿茶 红茶 普洱 乌龙茶
cooking cookware kitchen 烹饪 厨房 厨具 | cook cooking 锅碗瓢盆 做饭 炒菜 下厨 烹饪 煮饭 做菜 烧饭 烧菜 掌勺 颠勺 炖汤
  煲汤 煎牛排 炖肉 |
cookware pots pans kitchenware 锅 锅具 厨具 炊具 烹饪 | cookware kitchenware 锅具 炊具 厨具 | frying_pan
  saucepan skillet wok 锅 炒锅 平底锅 炖锅 汤锅 奶锅
kitchen 厨房 餐厨 | kitchen 厨房 餐厨 |
knives knife cutlery 刀 刀具 | knives cutlery 刀具 切菜 | chef's_knife kitchen_knife chopping_board cleaver 刀
  菜刀 厨刀 水果刀 磨刀石 砧板
baking bakeware 烘焙 | bake baking 烘焙 烤蛋糕 做蛋糕 做面包 | cake_tin muffin_tin rolling_pin 烤盘 蛋糕模具 打蛋器
tableware dinnerware dining 餐具 | tableware dinnerware dining 餐具 | dinner_plates cutlery_set 盘子 饭碗 筷子
wine bar drinkware 酒 酒具 | wine cocktails whisky beer 红酒 白酒 喝酒 调酒 | corkscrew decanter wine_glass 酒杯
  开瓶器 醒酒器
camp camping 露营 野营 | camp camping campsite campfire 露营 野营 野餐 扎营 户外做饭 野外做饭 露天做饭 户外煮 野炊 炊具
  厨具 |
hiking trekking mountaineering backpacking 徒步 登山 | hike hiking hiker trek trekking backpacking
  mountaineering hillwalking camino thru-hike hill_walking rambling rambler ramblers backpackers munros trekker treks
  徒步 爬山 登山 远足 走山路 山野 野山 走野路 走古道 重装 轻装 驴行 暴走 走川藏 进山 上山 穿越 驴友 山友 | hiking_boots
  trekking_poles walking_poles
  登山杖 登山鞋 徒步鞋 冲锋衣 登山包
running jogging marathon 跑步 越野跑 | run running runner jog jogging jogger marathon parkrun ultramarathon jogs
  fell_running trail_race trail_runs trail_runner 跑步 慢跑 晨跑 夜跑 马拉松
  越野跑 越野 跑山 跑步机 半马 全马 百公里 跑越野 长跑 路跑 健跑 跑圈 跑友 | running_shoes trail_shoes running_vest
  跑鞋 越野跑鞋 跑步鞋 跑步背心
cycling bicycle bike bikes 骑行 自行车 | cycle cycling biking bike bicycle cyclist 骑行 骑车 单车 自行车 |
  bike_helmet bike_pump 车灯 骑行服 头盔
bird birding birdwatching 观鸟 鸟 | bird birds birding birder birdwatching bird_watching twitching twitcher
  ornithology owls owl robins twitches birders 观鸟 看鸟 拍鸟 鸟类 赏鸟 鸟友 小鸟 水鸟 野鸟 鸟儿 候鸟 林鸟 猛禽 打鸟
  追鸟 认鸟 找鸟 喂鸟 鸟人 | binoculars spotting_scope bird_feeder birdfeeder nest_box nestbox
  monocular 望远镜 双筒望远镜 单筒望远镜 喂鸟器 鸟食 鸟窝 鸟巢 观鸟镜
fishing angling 钓鱼 | fish fishing angling angler 钓鱼 垂钓 路亚 | fishing_rod 鱼竿 钓竿 鱼钩 鱼饵
climbing bouldering 攀岩 | climb climbing bouldering 攀岩 抱石 | climbing_shoes carabiner 攀岩鞋 主锁
skiing snowboard snow ski 滑雪 | ski skiing snowboarding 滑雪 | 滑雪板 滑雪服 雪镜
swimming swim diving 游泳 潜水 | swim swimming snorkeling diving 游泳 潜水 | swimsuit goggles 泳衣 泳镜 泳帽
yoga fitness gym exercise workout 健身 瑜伽 运动 | yoga pilates fitness gym exercise workout 健身 瑜伽 撸铁 锻炼
  运动 | yoga_mat dumbbells 瑜伽垫 哑铃
football soccer 足球 | football soccer 足球 踢球 |
basketball 篮球 | basketball 篮球 打球 |
tennis badminton racket 羽毛球 网球 | tennis badminton 羽毛球 网球 | 球拍
golf 高尔夫 | golf golfing 高尔夫 |
knitting crochet yarn 编织 毛线 | knit knits knitting knitter crochet crocheting 编织 织 织毛衣 织围巾 织帽子 织袜子
  织东西 打毛衣 打围巾 织毛线 钩毛线 钩织 钩编 钩东西 钩娃娃 棒织
  打毛线 钩针 毛线活 学编织 线 | yarn knitting_needles crochet_hook 毛线 棒针 环形针 织针 毛线针 羊毛线
sewing quilting haberdashery 缝纫 | sew sewing quilting tailoring 缝纫 缝衣服 做衣服 裁缝 | sewing_machine
  缝纫机 缝纫线 针线盒
embroidery needlework 刺绣 | embroidery cross-stitch needlepoint 刺绣 十字绣 绣花 | embroidery_hoop 绣绷
thread floss 线 | thread | 缝线 绣线
fabric textiles cloth 布料 面料 | fabric 布料 布艺 |
beading jewelry jewellery 首饰 珠宝 串珠 | beading jewellery jewelry 串珠 首饰 珠宝 | necklace earrings beads
  bracelet 项链 耳环 珠子 手链 戒指
sketching drawing sketch 素描 绘画 速写 | sketch sketching draw drawing doodle doodles doodling sketches scribbling
  素描 速写 画画 画图 手绘 写生 插画 画插画 涂涂画画 画素描 画速写 绘画 学画 画
  画水彩 水彩 涂鸦 | sketchbook sketchpad charcoal_pencils 速写本 素描本 画本 素描笔 水彩本 水彩颜料 固体水彩 画笔
painting paint 绘画 油画 | paint painting watercolour watercolor acrylics 油画 画油画 | paintbrush easel 画架
  颜料 画布
journals journaling planners notebooks calendars 手帐 日记 笔记本 日历 | journal journaling journalling diary
  bullet_journal 手帐 手账 写日记 日记 做手帐 | notebook dot-grid_journal planner calendar 手帐本 手账本 本子
  日记本 笔记本 日历
calligraphy lettering 书法 | calligraphy lettering 书法 练字 写毛笔字 | 毛笔 字帖 砚台
writing pens pen pencils 书写 笔 文具 | writing handwriting 写字 | fountain_pen ballpoint ballpoints 钢笔 圆珠笔
  中性笔 铅笔
paper scrapbooking 纸 | scrapbooking origami 折纸 剪贴 | printer_paper 打印纸 卡纸
stationery 文具 | stationery 文具 | stapler 订书机
printers printer ink 打印机 | print printing 打印 | printer ink_cartridge toner 打印机 墨盒 硒鼓
photography camera cameras 摄影 相机 | photography photographing 摄影 拍照 | camera 相机 镜头 三脚架
music instruments guitar 音乐 乐器 | music 音乐 乐器 弹琴 | guitar ukulele 吉他 钢琴 尤克里里
audio headphones speakers 音响 耳机 | audio 音响 | headphones earbuds loudspeaker 耳机 音箱
computer computers laptop 电脑 | computing 电脑 | laptop computer_mouse 笔记本电脑 鼠标 键盘 显示器
phone telephones phones mobile 手机 电话 | phone phones 手机 电话 | phone_case charger 手机壳 充电器 充电宝
gaming games game 游戏 | gaming games play_games 游戏 打游戏 桌游 | board_game 手柄
comedy 喜剧 | comedy comedies funny 喜剧 搞笑 |
horror 恐怖 | horror scary 恐怖片 吓人 |
romance 爱情 | romance romantic love_stories 爱情 |
sci-fi 科幻 | science_fiction scifi sci-fi 科幻 |
children kids family 儿童 | children kids family 儿童 小孩子 |
books book reading 书 图书 | reading books 看书 读书 阅读 | novel 小说
toys toy 玩具 | toys 玩具 | doll lego puzzle 积木 娃娃 拼图
baby infant nursery 婴儿 母婴 | baby newborn infant toddler 婴儿 宝宝用 母婴 新生儿 | pram stroller diapers
  nappies 奶瓶 尿布 纸尿裤 婴儿车
pet pets 宠物 | pet pets 宠物 |
dog dogs pet pets 狗 宠物 | dog dogs puppy 养狗 狗 狗狗 遛狗 | dog_food dog_bed leash 狗粮 牵引绳 狗窝
cat cats pet pets 猫 宠物 | cat cats kitten 养猫 猫 猫咪 | cat_food cat_litter scratching_post 猫粮 猫砂 猫抓板 猫爬架
garden gardening plants outdoor_living 园艺 花园 | garden gardening gardener plants 园艺 种花 养花 种菜 花园 |
  flowerpot watering_can secateurs 花盆 洒水壶 种子
beauty makeup cosmetics 美妆 化妆 | makeup cosmetics beauty 化妆 美妆 | lipstick mascara foundation 口红 粉底 眼影
skincare skin 护肤 | skincare skin_care 护肤 | moisturizer sunscreen face_cream 面霜 防晒霜 面膜
hair haircare 美发 洗护 | haircare hairdressing 护发 美发 | shampoo hairdryer 洗发水 吹风机
bath bathroom soap 浴室 沐浴 | bathroom bathing soap_making 洗澡 浴室 卫浴 | towel soap shower_gel 毛巾 浴巾
  香皂 沐浴露
cleaning laundry household 清洁 | cleaning laundry housework 打扫 清洁 洗衣服 | detergent mop 洗衣液 拖把
bedding bedroom sleep 床品 家纺 | bedding sleep sleeping 睡觉 床品 床上用品 | pillow duvet bedsheet 枕头 被子 床单
furniture 家具 | furniture 家具 | sofa desk bookshelf 沙发 书桌 书架 椅子
lighting lamps lights 灯具 照明 | lighting 照明 | desk_lamp floor_lamp 台灯 落地灯
decor decoration 装饰 | decor decorating 装饰 布置 | vase candle 花瓶 蜡烛 相框
office desk 办公 | office workplace 办公 办公室 上班用 | desk_organizer 文件夹
school education 学习 教育 | school classroom studying 上学 开学用 | schoolbag backpack_for_school 书包
woodworking woodcraft diy tools 木工 五金 | woodworking diy carpentry 木工 修理 | drill hammer screwdriver
  chisel 电钻 锤子 螺丝刀
leathercraft 皮具 皮艺 | leathercraft leatherworking 皮艺 做皮具 |
pottery ceramics clay 陶艺 | pottery ceramics sculpting 陶艺 做陶 | potter's_wheel 陶泥
car automotive auto 汽车 车载 | car driving motoring 开车 汽车 车载 | car_charger 行车记录仪
travel luggage bags 旅行 箱包 | travel travelling traveling 旅行 旅游 出差 | suitcase backpack handbag 行李箱
  背包 双肩包 手提包
shoes footwear 鞋 | footwear | shoes sneakers boots sandals 鞋 鞋子 运动鞋 靴子 凉鞋
clothing apparel fashion 服装 衣服 | clothing clothes fashion outfit 穿搭 衣服 服装 | jacket trousers jeans
  dress 外套 裤子 裙子
health medical wellness 健康 保健 | health wellness 养生 保健 | vitamins 维生素
snacks food grocery pantry 零食 食品 | snacks food groceries 零食 吃的 食品 | chocolate cookies biscuits 巧克力
  饼干 坚果
"""


class Topic(NamedTuple):
    """The words of category names that a topic goes by."""

    names: frozenset[str]


def _read() -> tuple[dict[str, list[Topic]], frozenset[str]]:
    said: dict[str, list[Topic]] = {}
    things: set[str] = set()
    for line in _TABLE.strip().replace("\n  ", " ").splitlines():
        names, talk, kinds = ([word.replace("_", " ") for word in part.split()] for part in line.split("|"))
        topic = Topic(frozenset(names))
        for word in dict.fromkeys((*talk, *kinds)):
            said.setdefault(word, []).append(topic)
        things.update(kinds)
    return said, frozenset(things)


TOPICS, THINGS = _read()  # by what people say; and which of that is a kind of product
