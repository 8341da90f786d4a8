from __future__ import annotations

import pytest

from newaisle.store.encodings import likeliest

TEXTS = {
    "cp1252": [
        "sku;name;category;price\nk1;Kännchen 1 l;Küche > Kannen;1.234,50 €\n",
        "Señal azul,Hogar > Mañana\nLápiz,Cañón\nÁrbol,Índigo\n",
        "référence,désignation\nBouilloire à sifflet,Théière émaillée, où côté Noël\n",
        "PROMOÇÃO,LIGAÇÃO ELÉTRICA\nPão de queijo,café e maçã\n",
        "Fløjtekedel, rød,køkken > små ting\n",
        "perché è così però più,39 €\n",
        "naïve “quotes” – a dash\n",
        "39 €\n",
    ],
    "cp1250": ["Czajnik żółty, kubek, łódź, święto, ćma\n", "Hrneček na kávu; žlutý; kuchyň > konvice; příbor\n"],
    "cp1251": ["Чайник эмалированный, красный; Кухня > Чайники\n", "Горнятко для чаю, їжа, кухня > чайники\n"],
    "koi8_r": ["Чайник эмалированный, красный; Кухня > Чайники\n"],
    "cp1253": ["Βραστήρας κόκκινος, κούπα, κουζίνα > σκεύη\n"],
    "cp1254": ["Çaydanlık, kırmızı fincan, mutfak eşyası, İstanbul\n"],
    "cp1257": ["Arbatinukas, puodelis, šaukštas, ėmė, įrankis, ąžuolas\n"],
    "cp850": ["Kännchen;Küche > Größe\n"],
    "mac_roman": ["Théière à crème, señal, España\n"],
    "gb18030": [
        "sku,名称,类目,价格\nk1,茶壶,茶具,89\n",
        "不锈钢电热水壶，家用大容量自动断电\n",
        "T恤衫,男装\nUSB充电器 A型,数码配件\n",
    ],
    "big5": ["名稱,類目,價格\nk1,茶壺,茶具,89\n", "不鏽鋼電熱水壺，家用大容量自動斷電\n"],
    "cp932": ["商品名,カテゴリ,価格\n1,ステンレスやかん,キッチン > やかん,3980\n"],
    "euc_jp": ["商品名,カテゴリ,価格\n1,ステンレスやかん,キッチン > やかん,3980\n"],
    "cp949": ["상품명,카테고리,가격\n1,스테인리스 주전자,주방 > 주전자,39000\n", "빨간 머그컵\n"],
}


@pytest.mark.parametrize(
    ("encoding", "text"), [(encoding, text) for encoding, texts in TEXTS.items() for text in texts]
)
def test_the_advised_encoding_gives_the_text_back(encoding: str, text: str) -> None:
    data = text.encode(encoding)
    advised = likeliest(data)
    assert advised is not None
    assert data.decode(advised) == text


def test_a_character_that_is_cut_off_at_the_end_of_the_sample_does_no_harm() -> None:
    assert likeliest("不锈钢电热水壶，家用大容量自动断电".encode("gb18030")[:-1]) == "gb18030"
