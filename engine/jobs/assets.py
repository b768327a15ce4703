"""The images of an account: kept by its jobs and look-ups, served to it alone, gone with it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import col, select

from engine.accounts.models import Account
from engine.context import Caller, Context, Services, read
from engine.errors import AccountGone, OutsendError
from engine.limits import BRAND_ASSETS_BYTES_MAX
from engine.reach import AssetKind, AssetsFull
from engine.storage.brand_assets import NAME, BrandAssetFiles
from engine.storage.files import Kept, RoomExceeded

FOLDER = "brand_assets"
OWNER_DIGITS_MAX = 12
MEDIA_TYPES: Mapping[str, str] = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "ico": "image/x-icon",
    "avif": "image/avif",
}


class BadAssetName(OutsendError):
    code = "bad_asset_name"
    message = "Nom de fichier invalide"
    hint = "Use the path as a row of brand_assets gives it, whole."


class AssetForbidden(OutsendError):
    code = "asset_forbidden"
    kind = "forbidden"
    message = "Cette image appartient à un autre compte"
    hint = "Sign in as the account that collected it."


class AssetMissing(OutsendError):
    code = "asset_missing"
    kind = "missing"
    message = "Image introuvable : {filename}"
    hint = "Collect it again with brand_assets, or look the brand up anew."


@dataclass(frozen=True, slots=True)
class Asset:
    """An image that is served."""

    body: bytes
    media_type: str


class AccountAssets:
    """Implements `engine.reach.Assets` for one account."""

    def __init__(self, services: Services, account_id: int) -> None:
        self._services, self._owner = services, account_id
        self._files = _files(services)

    async def keep(self, body: bytes, kind: AssetKind) -> str:
        """See `Assets`."""
        return await asyncio.to_thread(self._keep, body, kind)

    def _keep(self, body: bytes, kind: AssetKind) -> str:
        try:
            name, is_new = self._files.save(self._owner, body, kind, room_bytes=BRAND_ASSETS_BYTES_MAX)
        except RoomExceeded:
            raise AssetsFull(limit_mb=BRAND_ASSETS_BYTES_MAX >> 20) from None
        # Asked afterwards: an erasure that began before deletes the file that it meets.
        if is_new and not self._services.run(None, _is_there, self._owner):
            self._files.remove_all(self._owner)
            raise AccountGone
        return f"/api/brand-assets/{self._owner}/{name}"


def open_asset(caller: Caller, owner: str, filename: str) -> Asset:
    """An image of the caller's; of anybody's for an administrator in person.

    Raises:
        BadAssetName, AssetForbidden, AssetMissing.
    """
    is_number = owner.isascii() and owner.isdigit() and len(owner) <= OWNER_DIGITS_MAX
    if not is_number or not NAME.fullmatch(filename):
        raise BadAssetName
    if int(owner) != caller.principal.account_id and not caller.principal.admin_in_person:
        raise AssetForbidden
    body = _files(caller.services).read(int(owner), filename)
    if body is None:
        raise AssetMissing(filename=filename)
    return Asset(body, MEDIA_TYPES[filename.rpartition(".")[2]])


def assets_of(services: Services, account_id: int) -> list[Kept]:
    """The images that an account has now, by name."""
    return _files(services).kept(account_id)


def remove_assets(services: Services, account_id: int) -> None:
    """Delete all images of an account."""
    _files(services).remove_all(account_id)


@read
def _is_there(context: Context, account_id: int) -> bool:
    return context.session.exec(select(Account.id).where(col(Account.id) == account_id)).first() is not None


def _files(services: Services) -> BrandAssetFiles:
    return BrandAssetFiles(services.settings.data_dir / FOLDER)
