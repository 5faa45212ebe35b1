"""The readers of what a deployment sets."""

from pathlib import Path

import pytest

from config import env


class TestWhole:
    def test_reads_a_number(self) -> None:
        assert env.whole("SEATS", default=5, least=1, most=9, environ={"SEATS": "7"}) == 7

    @pytest.mark.parametrize("environ", [{}, {"SEATS": ""}])
    def test_falls_back_when_unset_or_empty(self, environ: dict[str, str]) -> None:
        assert env.whole("SEATS", default=5, least=1, most=9, environ=environ) == 5

    @pytest.mark.parametrize("value", ["0", "10", "-1", "1.5", "seven", "７", "1e1"])
    def test_says_what_to_write(self, value: str) -> None:
        with pytest.raises(env.SettingError, match=r"write a whole number from 1 to 9"):
            env.whole("SEATS", default=5, least=1, most=9, environ={"SEATS": value})


class TestChoice:
    def test_refuses_another_word(self) -> None:
        with pytest.raises(env.SettingError, match=r"MODE='x': write one of a, b"):
            env.choice("MODE", default="a", choices=("a", "b"), environ={"MODE": "x"})


class TestFolder:
    def test_refuses_a_relative_path(self) -> None:
        with pytest.raises(env.SettingError, match="absolute"):
            env.folder("KEYS_DIR", default=Path("/k"), environ={"KEYS_DIR": "keys"})


class TestSecret:
    def test_reads_the_file_that_the_other_name_names(self, tmp_path: Path) -> None:
        (tmp_path / "key").write_text("s3cret\n")

        assert env.secret("KEY", environ={"KEY_FILE": str(tmp_path / "key")}) == "s3cret"

    def test_refuses_two_sources(self, tmp_path: Path) -> None:
        with pytest.raises(env.SettingError, match="keep one"):
            env.secret("KEY", environ={"KEY": "a", "KEY_FILE": "/b"})

    @pytest.mark.parametrize("content", [None, "", "  \n"])
    def test_refuses_a_file_without_a_secret(self, tmp_path: Path, content: str | None) -> None:
        file = tmp_path / "key"
        if content is not None:
            file.write_text(content)

        with pytest.raises(env.SettingError, match="cannot be read or is empty"):
            env.secret("KEY", environ={"KEY_FILE": str(file)})


class TestPublicUrl:
    def test_reads_a_host(self) -> None:
        environ = {"PUBLIC_URL": "https://yunhu.example.cn/"}

        assert env.public_url("PUBLIC_URL", environ=environ) == "https://yunhu.example.cn"

    @pytest.mark.parametrize("value", ["http://a.cn", "a.cn", "https://", "https://a.cn/x"])
    def test_refuses_all_but_https_and_a_host(self, value: str) -> None:
        with pytest.raises(env.SettingError, match="write https://host"):
            env.public_url("PUBLIC_URL", environ={"PUBLIC_URL": value})


class TestRedisUrl:
    def test_leads_nowhere_when_unset(self) -> None:
        assert env.redis_url("REDIS_URL", environ={}) == env.NO_REDIS

    @pytest.mark.parametrize("value", ["localhost:6379", "http://:pw@a", "rediss:", "nonsense"])
    def test_says_what_to_write_without_repeating_a_password(self, value: str) -> None:
        with pytest.raises(env.SettingError, match="write redis://host:6379/0") as caught:
            env.redis_url("REDIS_URL", environ={"REDIS_URL": value})

        assert value not in str(caught.value)


class TestDatabase:
    def test_reads_every_part(self) -> None:
        url = "postgresql://u%40x:p%2Fw@db.example:6000/yunhu?sslmode=require"

        found = env.database("DATABASE_URL", pool=False, environ={"DATABASE_URL": url})

        assert {k: found[k] for k in ("NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
            "NAME": "yunhu",
            "USER": "u@x",
            "PASSWORD": "p/w",
            "HOST": "db.example",
            "PORT": "6000",
        }
        assert isinstance(found["OPTIONS"], dict)
        assert found["OPTIONS"]["sslmode"] == "require"

    def test_reads_the_folder_of_a_unix_socket(self) -> None:
        url = "postgresql:///yunhu?host=/run/postgresql"

        found = env.database("DATABASE_URL", pool=False, environ={"DATABASE_URL": url})

        assert (found["HOST"], found["NAME"]) == ("/run/postgresql", "yunhu")

    def test_leads_nowhere_when_unset(self) -> None:
        assert env.database("DATABASE_URL", pool=False, environ={})["HOST"] == env.NO_DATABASE

    def test_never_keeps_a_connection_beside_a_pool(self) -> None:
        assert env.database("DATABASE_URL", pool=True, environ={})["CONN_MAX_AGE"] == 0

    @pytest.mark.parametrize(
        "value",
        [
            "sqlite:///x",
            "postgresql://host",
            "postgresql://h/d?nonsense=1",
            "dbname=x",
            "mysql://a/b",
        ],
    )
    def test_says_what_to_write_without_repeating_a_password(self, value: str) -> None:
        with pytest.raises(env.SettingError, match="is no PostgreSQL URL") as caught:
            env.database("DATABASE_URL", pool=False, environ={"DATABASE_URL": value})

        assert value not in str(caught.value)


class TestReceipts:
    @pytest.mark.parametrize("value", ["redis", "syslog", "none", "file:/mnt/other/receipts"])
    def test_names_a_place(self, value: str) -> None:
        assert env.receipts("RECEIPTS", environ={"RECEIPTS": value}) == value

    def test_is_redis_by_default(self) -> None:
        assert env.receipts("RECEIPTS", environ={}) == "redis"

    @pytest.mark.parametrize("value", ["file:relative", "kafka", "off"])
    def test_refuses(self, value: str) -> None:
        with pytest.raises(env.SettingError):
            env.receipts("RECEIPTS", environ={"RECEIPTS": value})
