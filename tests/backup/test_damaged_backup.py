"""A file that is not a whole backup is refused with a sentence, wherever and however it is damaged."""

import hashlib
import io
import json
import os
import random
import re
import tarfile

import pytest

from blog.backup import BackupFailed, verify
from blog.backup.archive import Writer

pytestmark = pytest.mark.skipif(os.environ["TEST_ON"] == "postgres", reason="about the file; once is enough")


@pytest.fixture
def refused(tmp_path):
    """``refused(data)`` gives the sentence with which these bytes are refused."""

    def look(data):
        path = tmp_path / "blog-2026-01-01T134000Z.tar"
        path.write_bytes(data)
        with pytest.raises(BackupFailed) as caught:
            verify(path)
        return str(caught.value)

    return look


@pytest.fixture
def members(rich_backup):
    """What is in the backup: names and bytes, to be changed and put together again."""
    with tarfile.open(rich_backup) as archive:
        return {info.name: archive.extractfile(info).read() for info in archive.getmembers()}


def together(members, *, checksums=True):
    """An archive of these members, with right checksums; a value can also be (TarInfo, bytes)."""
    file, sums = io.BytesIO(), io.BytesIO()
    writer = Writer(file, sums, 0)
    for name, content in members.items():
        if name == "checksums.sha256":
            continue
        if isinstance(content, tuple):
            file.write(content[0].tobuf(tarfile.GNU_FORMAT) + content[1])
            sums.write(f"{hashlib.sha256(content[1]).hexdigest()}  {name}\n".encode())
        else:
            writer.add(name, len(content), io.BytesIO(content))
    if checksums:
        text = sums.getvalue()
        writer.add("checksums.sha256", len(text), io.BytesIO(text))
    writer.end()
    return file.getvalue()


def changed_rows(members, table, change):
    """The members with other rows in a table; ``change`` gets a dictionary for each."""
    manifest = json.loads(members["manifest.json"])
    columns = next(one["columns"] for one in manifest["tables"] if one["name"] == table)
    lines = []
    for line in members[f"database/{table}.jsonl"].splitlines():
        row = dict(zip(columns, json.loads(line), strict=True))
        change(row)
        lines.append(json.dumps([row[name] for name in columns]))
    return members | {f"database/{table}.jsonl": "".join(f"{line}\n" for line in lines).encode()}


def test_put_together_again_it_is_whole(members, tmp_path):
    (tmp_path / "a.tar").write_bytes(together(members))
    assert verify(tmp_path / "a.tar").files == 45


def test_one_flipped_byte_anywhere(rich_backup, refused):
    data = bytearray(rich_backup.read_bytes())
    chance = random.Random(1)
    for place in [0, 100, 511, len(data) - 1, *(chance.randrange(len(data)) for _ in range(150))]:
        data[place] ^= 1 << chance.randrange(8)
        said = refused(bytes(data))
        assert "Nothing was changed" in said, place
        data[:] = rich_backup.read_bytes()


def test_cut_off_anywhere(rich_backup, refused):
    data = rich_backup.read_bytes()
    for length in [0, 1, 511, 512, 513, 5000, len(data) // 2, len(data) // 2 // 512 * 512, len(data) - 10240]:
        assert re.search("cut off|damaged", refused(data[:length])), length
    assert "Something follows" in refused(data + b"x")


@pytest.mark.parametrize("name", ["manifest.json", "database/blog.post.jsonl", "absent.jsonl", "checksums.sha256"])
def test_a_missing_member(members, refused, name):
    del members[name]
    assert "Nothing was changed" in refused(together(members, checksums=name != "checksums.sha256"))


def test_a_missing_picture(members, refused):
    name = next(name for name in members if name.startswith("files/private/"))
    del members[name]
    assert f"{name} is missing in it." in refused(together(members))


def link(name, target):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = tarfile.SYMTYPE, target
    return info, b""


def large(name):
    info = tarfile.TarInfo(name)
    info.size = 10**15
    return info, b"x" * 512


@pytest.mark.parametrize("name", ["files/media/../../../x", "../x", "/etc/x", "files/media/a/b", "files/else/x.jpg"])
def test_a_name_that_leads_elsewhere_is_refused_as_a_member_and_as_a_row(members, refused, name):
    before_the_end = {key: value for key, value in members.items() if key not in ("absent.jsonl", "checksums.sha256")}
    said = refused(together(before_the_end | {name: b"x", "absent.jsonl": b""}))
    assert "it has" in said and repr(name) in said

    def rename(row):
        row["renditions"] = [one | {"name": f"../../{name}"} for one in row["renditions"]]

    assert "names a file that no picture has" in refused(together(changed_rows(members, "blog.image", rename)))


@pytest.mark.parametrize(("make", "words"), [(lambda n: link(n, "/etc/passwd"), "no plain file"), (large, "a size")])
def test_a_link_and_a_size_that_cannot_be(members, refused, make, words):
    name = next(name for name in members if name.startswith("files/media/"))
    assert words in refused(together(members | {name: make(name)}))


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        (b"{", "What it says of itself"),
        (b"[]", "What it says of itself"),
        (b'{"format": "tea"}', "no backup of this blog"),
        (b'{"format": "medspa-blog backup", "version": 2}', "made by a newer release"),
        (b'{"format": "medspa-blog backup", "version": 1}', "What it says of itself"),
        (b"[" * 100_000, "What it says of itself"),
    ],
)
def test_a_manifest_that_says_something_else(members, refused, manifest, words):
    assert words in refused(together(members | {"manifest.json": manifest}))


@pytest.mark.parametrize(
    "change",
    [
        {"site_url": "https://\x1b[2Jblog.example.com"},
        {"migrations": [["blog", "0001_\x1b[31m"]]},
        {"tables": [{"name": "blog.topic", "columns": ["id"], "rows": float("inf"), "last_key": 1}]},
        {"tables": [{"name": "blog.topic", "columns": ["id"], "rows": 1, "last_key": 2**63}]},
    ],
)
def test_a_manifest_with_words_for_the_terminal_or_numbers_that_cannot_be(members, refused, change):
    manifest = json.loads(members["manifest.json"]) | change
    said = refused(together(members | {"manifest.json": json.dumps(manifest).encode()}))
    assert "What it says of itself" in said and "\x1b" not in said


def test_rows_that_do_not_fit_the_manifest(members, refused):
    name = "database/blog.topic.jsonl"
    for data in (b"", members[name] * 2, b"[1]\n", b"{}\n", b"nothing\n", members[name][:-1]):
        assert "Nothing was changed" in refused(together(members | {name: data}))


class TestIntoAnEmptySite:
    """What reads well and cannot be put in leaves the site as empty as it was."""

    def restored(self, site, tmp_path, data):
        path = tmp_path / "blog-2026-01-01T134000Z.tar"
        path.write_bytes(data)
        return site.tries("restore", str(path))

    def test_nothing_is_changed(self, empty, members, rich_backup, tmp_path):
        before = empty.sql()
        flipped = bytearray(rich_backup.read_bytes())
        flipped[-15000] ^= 1
        status, said = self.restored(empty, tmp_path, bytes(flipped))
        assert status == 1 and "cannot be used" in said

        def orphan(row):
            row["tag_id"] = 900 + row["id"]

        status, said = self.restored(empty, tmp_path, together(changed_rows(members, "blog.publicationtag", orphan)))
        assert status == 1 and "do not fit together" in said

        for changed in ({"name": None}, {"id": 10**30}):
            data = together(changed_rows(members, "blog.topic", lambda row, changed=changed: row.update(changed)))
            status, said = self.restored(empty, tmp_path, data)
            assert status == 1 and "does not take the rows of blog.topic" in said and "Nothing was changed" in said
        assert empty.sql() == before
        assert empty.files() == {} and not (empty.folder / "restoring.json").exists()
