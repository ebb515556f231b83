"""The names of time zones in Ruby on Rails: `Pacific Time (US & Canada)`.

Customer.io is written in it, and shows time zones by these names.
"""

from __future__ import annotations

from functools import cache
from typing import Final

_BY_ZONE: Final = """
    Pacific/Pago_Pago: American Samoa, International Date Line West
    Pacific/Midway: Midway Island
    Pacific/Honolulu: Hawaii
    America/Juneau: Alaska
    America/Los_Angeles: Pacific Time (US & Canada)
    America/Tijuana: Tijuana
    America/Phoenix: Arizona
    America/Chihuahua: Chihuahua
    America/Mazatlan: Mazatlan
    America/Denver: Mountain Time (US & Canada)
    America/Guatemala: Central America
    America/Chicago: Central Time (US & Canada)
    America/Mexico_City: Guadalajara, Mexico City
    America/Monterrey: Monterrey
    America/Regina: Saskatchewan
    America/Bogota: Bogota
    America/New_York: Eastern Time (US & Canada)
    America/Indiana/Indianapolis: Indiana (East)
    America/Lima: Lima, Quito
    America/Halifax: Atlantic Time (Canada)
    America/Caracas: Caracas
    America/Guyana: Georgetown
    America/La_Paz: La Paz
    America/Puerto_Rico: Puerto Rico
    America/Santiago: Santiago
    America/St_Johns: Newfoundland
    America/Asuncion: Asuncion
    America/Argentina/Buenos_Aires: Buenos Aires
    America/Sao_Paulo: Brasilia
    America/Nuuk: Greenland
    America/Montevideo: Montevideo
    Atlantic/South_Georgia: Mid-Atlantic
    Atlantic/Azores: Azores
    Atlantic/Cape_Verde: Cape Verde Is.
    Africa/Casablanca: Casablanca
    Europe/Dublin: Dublin
    Europe/London: Edinburgh, London
    Europe/Lisbon: Lisbon
    Africa/Monrovia: Monrovia
    Etc/UTC: UTC
    Europe/Amsterdam: Amsterdam
    Europe/Belgrade: Belgrade
    Europe/Berlin: Berlin
    Europe/Zurich: Bern, Zurich
    Europe/Bratislava: Bratislava
    Europe/Brussels: Brussels
    Europe/Budapest: Budapest
    Europe/Copenhagen: Copenhagen
    Europe/Ljubljana: Ljubljana
    Europe/Madrid: Madrid
    Europe/Paris: Paris
    Europe/Prague: Prague
    Europe/Rome: Rome
    Europe/Sarajevo: Sarajevo
    Europe/Skopje: Skopje
    Europe/Stockholm: Stockholm
    Europe/Vienna: Vienna
    Europe/Warsaw: Warsaw
    Africa/Algiers: West Central Africa
    Europe/Zagreb: Zagreb
    Europe/Athens: Athens
    Europe/Bucharest: Bucharest
    Africa/Cairo: Cairo
    Africa/Harare: Harare
    Europe/Helsinki: Helsinki
    Asia/Jerusalem: Jerusalem
    Europe/Kaliningrad: Kaliningrad
    Europe/Kiev: Kyiv
    Africa/Johannesburg: Pretoria
    Europe/Riga: Riga
    Europe/Sofia: Sofia
    Europe/Tallinn: Tallinn
    Europe/Vilnius: Vilnius
    Asia/Baghdad: Baghdad
    Europe/Istanbul: Istanbul
    Asia/Kuwait: Kuwait
    Europe/Minsk: Minsk
    Europe/Moscow: Moscow, St. Petersburg
    Africa/Nairobi: Nairobi
    Asia/Riyadh: Riyadh
    Europe/Volgograd: Volgograd
    Asia/Tehran: Tehran
    Asia/Muscat: Abu Dhabi, Muscat
    Asia/Baku: Baku
    Europe/Samara: Samara
    Asia/Tbilisi: Tbilisi
    Asia/Yerevan: Yerevan
    Asia/Kabul: Kabul
    Asia/Almaty: Almaty, Astana
    Asia/Yekaterinburg: Ekaterinburg
    Asia/Karachi: Islamabad, Karachi
    Asia/Tashkent: Tashkent
    Asia/Kolkata: Chennai, Kolkata, Mumbai, New Delhi
    Asia/Colombo: Sri Jayawardenepura
    Asia/Kathmandu: Kathmandu
    Asia/Dhaka: Dhaka
    Asia/Urumqi: Urumqi
    Asia/Rangoon: Rangoon
    Asia/Bangkok: Bangkok, Hanoi
    Asia/Jakarta: Jakarta
    Asia/Krasnoyarsk: Krasnoyarsk
    Asia/Novosibirsk: Novosibirsk
    Asia/Shanghai: Beijing
    Asia/Chongqing: Chongqing
    Asia/Hong_Kong: Hong Kong
    Asia/Irkutsk: Irkutsk
    Asia/Kuala_Lumpur: Kuala Lumpur
    Australia/Perth: Perth
    Asia/Singapore: Singapore
    Asia/Taipei: Taipei
    Asia/Ulaanbaatar: Ulaanbaatar
    Asia/Tokyo: Osaka, Sapporo, Tokyo
    Asia/Seoul: Seoul
    Asia/Yakutsk: Yakutsk
    Australia/Adelaide: Adelaide
    Australia/Darwin: Darwin
    Australia/Brisbane: Brisbane
    Australia/Melbourne: Canberra, Melbourne
    Pacific/Guam: Guam
    Australia/Hobart: Hobart
    Pacific/Port_Moresby: Port Moresby
    Australia/Sydney: Sydney
    Asia/Vladivostok: Vladivostok
    Asia/Magadan: Magadan
    Pacific/Noumea: New Caledonia
    Pacific/Guadalcanal: Solomon Is.
    Asia/Srednekolymsk: Srednekolymsk
    Pacific/Auckland: Auckland, Wellington
    Pacific/Fiji: Fiji
    Asia/Kamchatka: Kamchatka
    Pacific/Majuro: Marshall Is.
    Pacific/Chatham: Chatham Is.
    Pacific/Tongatapu: Nuku'alofa
    Pacific/Apia: Samoa
    Pacific/Fakaofo: Tokelau Is.
"""


def zone_of_place(place: str) -> str | None:
    """Return the name in the IANA database for a place as shown: `Mountain Time (...)`."""
    return _zones().get(place)


@cache
def _zones() -> dict[str, str]:
    lines = (line.partition(":") for line in _BY_ZONE.strip().splitlines())
    return {
        place: zone.strip() for zone, _, places in lines for place in places.strip().split(", ")
    }
