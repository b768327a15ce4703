"""Settings: read once, a bad one stops the start with a sentence that names it."""

from pathlib import Path

import pytest

from engine.errors import BadSetting
from engine.settings import read_settings


def test_lists_are_comma_separated_and_blank_variables_count_as_unset() -> None:
    settings = read_settings(
        {
            "OUTSEND_DNS_SERVERS": "127.0.0.1:53, 127.0.0.2:5353",
            "OUTSEND_GREYLIST_DELAYS": "1,3",
            "OUTSEND_SMTP_HELO": "",
        }
    )

    assert settings.dns_servers == ("127.0.0.1:53", "127.0.0.2:5353")
    assert settings.greylist_delays == (1.0, 3.0)
    assert settings.smtp_helo is None


def test_the_database_lies_in_the_data_directory_unless_it_is_set(tmp_path: Path) -> None:
    own = read_settings({"OUTSEND_DATA_DIR": str(tmp_path)})
    given = read_settings({"OUTSEND_DATABASE_URL": "postgresql://db/outsend"})

    assert own.database == f"sqlite:///{tmp_path / 'outsend.db'}" and not own.distributed
    assert given.database == "postgresql://db/outsend" and given.distributed


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OUTSEND_SERIAL_SLOTS", "0"),
        ("OUTSEND_PARALLEL_SLOTS", "many"),
        ("OUTSEND_EGRESS_PROXIES", "proxy.example"),
        ("OUTSEND_EGRESS_PROXIES", "ftp://proxy.example:21"),
        ("OUTSEND_DNS_SERVERS", "9.9.9.9"),
        ("OUTSEND_TRUSTED_NETWORKS", "10.0.0.0/99"),
        ("OUTSEND_MAPS_SOURCE", "bing"),
        ("OUTSEND_OSM_FILE", "absent.osm.pbf"),
        ("OUTSEND_DATABASE_URL", "mysql://db"),
        ("OUTSEND_GREYLIST_DELAYS", "soon"),
        ("OUTSEND_DATADIR", "misspelt"),
    ],
)
def test_a_bad_setting_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as refused:
        read_settings({name: value})

    assert name in refused.value.text and name in refused.value.next_step


def test_secrets_do_not_stand_in_the_settings_text() -> None:
    settings = read_settings({"OUTSEND_GOOGLE_PLACES_KEY": "AIza-secret", "OUTSEND_ADMIN_PASSWORD": "hunter22"})

    assert "secret" not in repr(settings) and "hunter22" not in repr(settings)


def test_the_usual_trust_store_variable_is_honoured(tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_text("")

    assert read_settings({"SSL_CERT_FILE": str(bundle)}).ca_bundle == bundle


def test_the_public_url_has_no_end_that_paths_would_double() -> None:
    settings = read_settings({"OUTSEND_PUBLIC_URL": "https://leads.example.com/"})

    assert settings.public_url == "https://leads.example.com"
    assert settings.is_https
