"""The places that simulated parcels pass, as each carrier names them: service areas (DHL), post offices (China Post).

The service area codes are the ones DHL uses for these cities; the Chinese offices are those of recorded traces, offices
abroad are named by their country, as China Post does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Stop:
    """A place: city and country as scanned, its clock, DHL's service area, China Post's province, office and number."""

    city: str
    country: str
    zone: str
    area: str
    province: str = ""
    office: str = ""
    office_code: str = ""

    def clock(self, at: datetime) -> datetime:
        """This instant on the clock of the place; a time without zone already is its wall clock."""
        return at if at.tzinfo is None else at.astimezone(ZoneInfo(self.zone))


_PARIS, _CHINA = "Europe/Paris", "Asia/Shanghai"
STOPS = (
    Stop("PARIS", "FR", _PARIS, "CDG", office="法国", office_code="FRCDGA"),
    Stop("ROISSY", "FR", _PARIS, "CDG", office="法国", office_code="FRCDGA"),
    Stop("ROISSY CHARLES DE GAULLE", "FR", _PARIS, "CDG", office="法国", office_code="FRCDGA"),
    Stop("LEIPZIG", "DE", "Europe/Berlin", "LEJ", office="德国", office_code="DEFRAA"),
    Stop("BERLIN", "DE", "Europe/Berlin", "BER", office="德国", office_code="DEFRAA"),
    Stop("LONDON", "GB", "Europe/London", "LHR", office="英国", office_code="GBLALA"),
    Stop("NEW YORK", "US", "America/New_York", "NYC", office="美国", office_code="USJFKA"),
    Stop("MEMPHIS", "US", "America/Chicago", "MEM", office="美国", office_code="USJFKA"),
    Stop("TOKYO", "JP", "Asia/Tokyo", "TYO", office="日本", office_code="JPTYOA"),
    Stop("SINGAPORE", "SG", "Asia/Singapore", "SIN", office="新加坡", office_code="SGSINA"),
    Stop("HONG KONG", "HK", "Asia/Hong_Kong", "HKG", office="香港", office_code="HKHKGA"),
    Stop("SHENZHEN", "CN", _CHINA, "SZX", "广东省", "深圳市国际互换局", "51800300"),
    Stop("GUANGZHOU", "CN", _CHINA, "CAN", "广东省", "广州市国际互换局", "51000300"),
    Stop("SHANGHAI", "CN", _CHINA, "SHA", "上海市", "上海市浦东新区康桥揽投部", "20131505"),
    Stop("SHANGHAI EXCHANGE", "CN", _CHINA, "SHA", "上海市", "上海市国际互换局", "20120300"),
    Stop("BEIJING", "CN", _CHINA, "BJS", "北京市", "北京国际天竺处理中心", "10000300"),
)
_BY_NAME: Mapping[tuple[str, str], Stop] = {(stop.city, stop.country): stop for stop in STOPS}
# Where parcels of a country leave it and come into it.
_HUBS = {
    "FR": "ROISSY", "CN": "GUANGZHOU", "DE": "LEIPZIG", "GB": "LONDON", "US": "MEMPHIS", "JP": "TOKYO",
    "SG": "SINGAPORE", "HK": "HONG KONG",
}  # fmt: skip
CITIES_OF_OFFICES = {
    "SHANGHAI": "上海市",
    "SHANGHAI EXCHANGE": "上海市",
    "SHENZHEN": "深圳市",
    "GUANGZHOU": "广州市",
    "BEIJING": "北京市",
}


def stop_of(city: str, country: str) -> Stop:
    """The stop of this city; else the country's hub under that city's name. Raises ValueError without either."""
    found = _BY_NAME.get((city.upper(), country.upper()))
    if found:
        return found
    hub = hub_of(country)
    return Stop(city.upper(), hub.country, hub.zone, hub.area, hub.province, hub.office, hub.office_code)


def hub_of(country: str) -> Stop:
    """Where parcels leave this country and come into it. Raises ValueError for a country without one."""
    if country.upper() not in _HUBS:
        raise ValueError(f"no carrier here has a place in {country}; it has in {', '.join(_HUBS)}")
    return _BY_NAME[(_HUBS[country.upper()], country.upper())]
