"""Words for what a product may be without the catalogue saying so: properties that anyone would search by."""

from __future__ import annotations

COLORS: frozenset[str] = frozenset(
    """
black white red blue green yellow orange purple pink brown grey gray silver gold golden beige navy teal
turquoise cream ivory olive maroon burgundy khaki violet lilac lavender magenta cyan charcoal rose coral mint
rust tan crimson transparent clear colourful colorful multicolored
红色 红 蓝色 蓝 绿色 绿 黄色 黄 黑色 黑 白色 白 灰色 灰 粉色 粉红 粉红色 粉 紫色 紫 棕色 褐色 咖啡色 橙色 橘色
橘红 银色 金色 米色 米白 卡其 卡其色 藏青 藏蓝 深蓝 深蓝色 浅蓝 浅蓝色 天蓝 天蓝色 墨绿 墨绿色 军绿 军绿色 深灰
浅灰 酒红 酒红色 玫红 玫瑰金 透明 彩色 纯色 素色 雾蓝 雾霾蓝 青色 亮色 深色 浅色 荧光
""".split()
)
MATERIALS: frozenset[str] = frozenset(
    """
wool woollen cotton linen silk leather suede velvet denim canvas nylon polyester fleece felt cashmere merino
mohair alpaca acrylic plastic rubber silicone metal steel stainless aluminium aluminum titanium iron copper
brass bronze tin nickel chrome glass crystal ceramic porcelain stoneware enamel wood wooden bamboo cork oak
walnut beech birch pine paper cardboard stone marble concrete carbon teflon latex foam down feather fur hemp
jute straw wicker rattan
羊毛 羊绒 毛 棉 纯棉 棉质 亚麻 麻 丝 真丝 丝绸 皮 皮革 真皮 牛皮 皮质 麂皮 帆布 尼龙 涤纶 聚酯 抓绒 羽绒 化纤
腈纶 美丽奴 马海毛 塑料 橡胶 硅胶 金属 钢 不锈钢 碳钢 铝 铝合金 钛 纯钛 钛合金 铁 铸铁 生铁 熟铁 铅 锌 汞 铜 黄铜 紫铜
纯铜 镍 铬 银 锡 玻璃 水晶 陶瓷 陶 瓷 骨瓷 粗陶 紫砂 搪瓷 珐琅 木 木头 木质 实木 原木 竹 竹子 竹制 软木 橡木
胡桃木 榉木 纸 纸质 石 石头 大理石 碳纤维 碳素 树脂 特氟龙 乳胶 海绵 藤 毛毡 绒 法兰绒 珊瑚绒 灯芯绒 漆皮 皮毛 皮草
镀层 涂层 电镀 镀铬 镀金 磨砂 亚克力
""".split()
)
_FEATURES = """
men's women's kids' striped plain patterned floral matte glossy waterproof water-resistant windproof breathable washable
dishwasher-safe foldable folding collapsible portable lightweight ultralight light heavy sturdy durable robust
soft hard thick thin warm insulated wireless rechargeable electric manual handmade hand-forged organic vegan
vegetarian recycled reusable sustainable eco-friendly biodegradable left-handed right-handed ergonomic compact
mini tiny large xl waterproofed adjustable non-stick nonstick refillable unisex scented unscented sugar-free
gluten-free fair-trade seamless magnetic digital analogue analog vintage modern minimalist classic rustic
elegant sharp stackable cordless quiet silent bright dark round square oval rectangular
条纹 防水 防风 防晒 防滑 防震 防摔 防雨 防潮 透气 速干 可水洗 可折叠 折叠 便携 便携式 轻便 轻量 轻量化 超轻 结实
耐用 耐磨 保暖 保温 隔热 无线 充电 可充电 电动 手动 手工 手工制作 手作 有机 纯素 素食 环保 可回收 再生
可重复使用 左撇子 左手 右手 迷你 小号 中号 大号 加大 加厚 可调节 不粘 不沾 无涂层 带盖 静音 复古 简约 圆形 方形
无糖 女款 男款 女士 男士 儿童 女式 男式 中性 情侣 女用 男用 大容量 小容量 单人 双人 浅烘 深烘 中烘 浅度烘焙 深度烘焙
厚重 轻薄 笨重 手摇 耐脏 奶白 奶白色 米白色 加绒
加长 双层 单层 蓝黑 点阵 方格 横线 带把 带把手 细嘴 细口 静音款 耐高温 耐摔 防烫 防刺 防虫 加粗 大码 小码 加大码 均码
中码 可拆卸 多功能 一次性 无香
低敏 软 硬 厚底 长柄 短柄 高帮 低帮 长袖 短袖 防刮 磁吸
""".split()
PROPERTIES: frozenset[str] = COLORS | MATERIALS | frozenset(_FEATURES)
