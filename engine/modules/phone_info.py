"""Tell for each phone number its kind, country and normal form, without asking any network.

Source: the metadata of the numbering plans that comes with the product. A number that was carried to another operator
shows that of its range. A cell with several numbers is judged by the first.
"""

import asyncio

from engine.extract.phone_numbers import carrier_of, country_of, first_number, is_short_number
from engine.module import NoConfig, OutsendError, RowModule, Run
from engine.rows.cells import cell_text
from engine.rows.types import Row


class NoPhone(OutsendError):
    code = "no_phone"
    kind = "unprocessable"
    message = "Aucun numéro de téléphone (colonnes acceptées : {aliases})"
    hint = "Give each item a number under one of the names {aliases}; the module scrap finds them."


class PhoneInfo(RowModule[NoConfig]):
    slug = "phone_info"
    label = {"fr": "Infos téléphone", "en": "Phone information"}
    category, node_category, entry_category = "enrichment", "enrich", "enrich"
    lane = "parallel"
    listed = False  # a step of pipelines alone
    accepts, output = "pois_any", "pois"
    needs = ("telephone",)
    missing = NoPhone
    produces = ("phone_type", "phone_carrier", "phone_country", "phone_e164")
    unit = "rows"
    usual_seconds = 0.001
    weight = 0.05

    async def enrich(self, row: Row, config: NoConfig, run: Run) -> Row:
        """Return what the numbering plan tells of `telephone`; `unknown` for what is no number. Never fails.

        A short number, such as 3949, is `special` and has no E.164 form.
        """
        text = cell_text(row.get("telephone")).strip()
        if not text:
            return {}
        country = country_of(row)
        number = first_number(text, country)
        if number is None:
            short = is_short_number(text, country)
            return {"phone_type": "special", "phone_country": country} if short else {"phone_type": "unknown"}
        mobile = number.type == "mobile"
        return {
            "phone_type": number.type,
            # In a thread: at first use the ranges of all operators are loaded, which takes half a second.
            "phone_carrier": await asyncio.to_thread(carrier_of, number) if mobile else None,
            "phone_country": number.country or None,
            "phone_e164": number.e164,
        }


module = PhoneInfo()
