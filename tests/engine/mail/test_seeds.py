"""The operator's file of seed mailboxes."""

from pathlib import Path

import pytest

from engine.errors import BadSetting
from engine.jobs import delivery
from engine.mail.seeds import seed_boxes
from engine.runtime import open_services
from engine.settings import Settings

GOOD = '[[seed]]\naddress = "s{n}@gmail.com"\nkind = "gmail"\nhost = "imap.gmail.com"\npassword = "secret{n}"\n'


def settings(folder: Path, text: str) -> Settings:
    (folder / "seeds.toml").write_text(text, encoding="utf-8")
    return Settings(data_dir=folder, delivery_seeds=folder / "seeds.toml")


def test_the_file_names_up_to_fifteen_mailboxes_in_order(tmp_path: Path) -> None:
    boxes = seed_boxes(settings(tmp_path, "".join(GOOD.format(n=n) for n in range(15))))

    assert [box.address for box in boxes] == [f"s{n}@gmail.com" for n in range(15)]
    assert (boxes[0].user, boxes[0].port, boxes[0].tls) == (None, None, True)
    assert seed_boxes(Settings(data_dir=tmp_path)) == ()
    assert "secret" not in repr(boxes)


def test_the_file_is_read_once_so_a_bad_edit_disturbs_nothing_that_runs(tmp_path: Path) -> None:
    good = settings(tmp_path, GOOD.format(n=1))
    with open_services(good) as services:
        settings(tmp_path, "[[seed]")
        told = services.run(None, delivery.seeds)

    assert [seed.seed_email for seed in told.seeds] == ["s1@gmail.com"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("".join(GOOD.format(n=n) for n in range(16)), "seed: List should have at most 15 items"),
        (GOOD.format(n=1) * 2, "the same address stands there twice"),
        (GOOD.format(n=1) + 'pasword = "x"\n', "seed 1 pasword"),
        (GOOD.format(n=1).replace("secret1", "s\u00e9cret"), "seed 1 password"),
        (GOOD.format(n=1).replace("s1@gmail.com", "nobody"), "seed 1 address"),
        ("[[seed]", "no TOML"),
    ],
)
def test_a_bad_file_stops_the_start_with_a_sentence_that_tells_no_secret(
    tmp_path: Path, text: str, problem: str
) -> None:
    with pytest.raises(BadSetting) as error, open_services(settings(tmp_path, text)):
        pass

    assert "OUTSEND_DELIVERY_SEEDS" in str(error.value)
    assert problem in str(error.value)
    assert "cret" not in str(error.value)
