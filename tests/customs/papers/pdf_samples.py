"""Papers of people that do not exist, in every block and many scripts."""

from __future__ import annotations

from chalicelib.customs.papers.document import (
    Blanks,
    Checklist,
    Column,
    Document,
    Fields,
    Panel,
    Panels,
    Paragraph,
    Statement,
    Table,
)

GOODS = (
    Column("Item", 1),
    Column("Description", 7),
    Column("HS code", 2),
    Column("Origin", 1, "center"),
    Column("Qty", 1, "right"),
    Column("Net weight", 2, "right"),
    Column("Value EUR", 2, "right"),
)
RING = (
    "1",
    "Ring of gold, 18 karat (750/1000), set with one natural diamond of 0.30 ct; serial GT-44102",
    "7113.19",
    "CN",
    "1",
    "4.20 g",
    "1,240.00",
)


def paper(*blocks, **changes) -> Document:
    """An empty invoice with these blocks."""
    told = {
        "name": "returns-invoice",
        "title": "Returns invoice",
        "subtitle": "Proforma for customs purposes only · goods returned to the seller for refund",
        "language": "en",
        "page": "A4",
        "made_on": "2026-11-22",
        "blocks": blocks,
        "barcode": "794612345678",
        "qr": "GT-2026-000123",
        "footer": "Goldthread · case GT-2026-000123 · leg 1",
    }
    return Document(**told | changes)


def invoice(rows: int = 3, **changes) -> Document:
    """An ordinary invoice, one page with up to some ten rows."""
    return paper(
        Fields(
            (
                ("Invoice number", "RI-2026-000123-1"),
                ("Date", "22 November 2026"),
                ("Waybill", "7946 1234 5678"),
                ("Incoterm", "DAP Shenzhen"),
                ("Reason for export", "Return of goods, refund agreed"),
                ("Original invoice", "GT-10442 of 2 October 2026"),
            ),
            columns=3,
        ),
        Panels(
            (
                Panel(
                    "Shipper",
                    ("Élodie Brontë-Müller", "14 rue des Saints-Pères", "75007 Paris", "France", "+33 1 99 00 12 34"),
                ),
                Panel(
                    "Consignee",
                    ("深圳市金线珠宝有限公司", "罗湖区水贝二路 18 号 3 楼", "518020 深圳", "中国", "+86 755 0000 1234"),
                    "zh-Hans",
                ),
                Panel(
                    "Importer of record",
                    (
                        "Shenzhen Gold Thread Co., Ltd.",
                        "USCC 91440300MA5F000000",
                        "Shuibei 2nd Road 18",
                        "518020 Shenzhen, China",
                    ),
                ),
            )
        ),
        Table(
            GOODS,
            (
                RING,
                *(
                    (str(at), "Chain of gold, 14 karat (585/1000), 45 cm", "7113.19", "CN", "2", "11.80 g", "1,096.50")
                    for at in range(2, rows + 1)
                ),
            ),
            (
                ("Goods", "EUR 2,336.50"),
                ("Freight", "EUR 38.00"),
                ("Insurance", "EUR 12.40"),
                ("Total", "EUR 2,386.90"),
            ),
        ),
        Paragraph("Say: two thousand three hundred and eighty-six euros and ninety cents."),
        Statement(
            "The goods described above are goods of Chinese origin, exported from China on 4 October 2026 under "
            "waybill 7946 0000 1111 and returned unaltered. No drawback was claimed.",
            "General Administration of Customs, order 225; declaration 5304 2026 0000 1234 56",
        ),
        Checklist(
            "Enclosed",
            (
                ("Copy of the original invoice GT-10442", True),
                ("Copy of the original waybill", True),
                ("Declaration of export", False),
            ),
        ),
        Blanks(("Place and date", "Name and signature of the shipper")),
        **changes,
    )


SCRIPTS = {
    "chinese": "退运货物：足金项链一条，净重 11.80 克，“原产地中国”，价值 1,096.50 欧元。直骨角今令",
    "japanese": "返送品：18金ネックレス 1本、正味重量 11.80 g。東京都港区南青山。直骨角今令",
    "korean": "반송 물품: 18K 금목걸이 1개, 순중량 11.80 g, 서울특별시 강남구 테헤란로",
    "arabic": "سلعة معادة: عقد من الذهب عيار 18 قيراط (750) وزن 11.80 غرام، بوليصة EA123456789CN",
    "hebrew": "תכשיט זהב 18 קראט, משקל 11.80 גרם (EA-99)",
    "thai": "สร้อยคอทองคำ 18 กะรัต น้ำหนักสุทธิ 11.80 กรัม ที่อยู่ กรุงเทพมหานคร",
    "hindi": "सोने का हार, 18 कैरेट, शुद्ध वजन 11.80 ग्राम, क्षत्रिय",
    "greek": "Χρυσό κολιέ 18 καρατίων, καθαρό βάρος 11,80 g",
    "cyrillic": "Золотая цепь 750 пробы, вес нетто 11,80 г, Київ",
    "vietnamese": "Dây chuyền vàng 18K, trọng lượng tịnh 11,80 g, Thành phố Hồ Chí Minh",
    "accented": "Łańcuszek złoty, Þórður Ægisson, Çağrı Şahin, Ñandú, œuvre, Đặng, ẞ",
    "emoji": "Ring 💍 gold ✨ 👩‍🔧 🇫🇷 1️⃣ ❤️",
    "unknown": "Seal 𓀀 and \ue123 and \x07",
}
