"""Backups that somebody changed who knows how they are made."""

import io

from core.backup import archive, reading, writing


def resealed(path, place, target):
    """A byte is flipped by somebody who knows how the seal is made."""
    changed = bytearray(path.read_bytes())
    changed[place] ^= 0x20
    through = writing._Sealed(io.BytesIO())
    through.write(bytes(changed))
    target.write_bytes(bytes(changed[: -archive.SEAL]) + through.seal())
    return target


def altered(path, target, **changes):
    """A backup with another manifest."""
    with reading.opened(path, None) as found, open(target, "wb") as file, writing.begun(file, None) as into:
        dump = io.BytesIO()
        found.pour(archive.DUMP, dump)
        into.add(archive.DUMP, io.BytesIO(dump.getvalue()))
        manifest = found.manifest.model_copy(update=changes)
        into.add(archive.MANIFEST, io.BytesIO(manifest.model_dump_json().encode()))
    return target
