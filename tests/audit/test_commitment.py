import hashlib
import hmac

import pytest

from audit.commitment import blind_index, commitment, key_id, mac, new_salt

SALT = bytes(range(32))
NUMBER = "+8613800138000"


class TestCommitment:
    def test_is_the_keyed_hash_of_field_and_value(self) -> None:
        message = b'["number","+8613800138000"]'
        expected = "hs256:" + hmac.new(SALT, message, hashlib.sha256).hexdigest()

        assert commitment(field="number", value=NUMBER, salt=SALT) == expected

    def test_does_not_confuse_where_the_field_ends(self) -> None:
        one = commitment(field="a", value="bc", salt=SALT)

        assert one != commitment(field="ab", value="c", salt=SALT)

    def test_differs_with_every_salt(self) -> None:
        written = {commitment(field="number", value=NUMBER, salt=new_salt()) for _ in range(50)}

        assert len(written) == 50

    @pytest.mark.parametrize("salt", [b"", SALT[:31], SALT + b"x"])
    def test_refuses_a_salt_of_another_length(self, salt: bytes) -> None:
        with pytest.raises(ValueError, match="32 bytes"):
            commitment(field="number", value=NUMBER, salt=salt)


class TestBlindIndex:
    def test_finds_the_same_value_again_and_only_with_the_key(self) -> None:
        index = blind_index(value=NUMBER, key=SALT)

        assert index == blind_index(value=NUMBER, key=SALT)
        assert index != blind_index(value=NUMBER, key=SALT[::-1])
        assert index != blind_index(value=NUMBER + "0", key=SALT)


class TestMac:
    def test_is_hmac_sha256_of_the_body(self) -> None:
        assert mac(body=b"{}", key=SALT) == hmac.new(SALT, b"{}", hashlib.sha256).digest()


class TestKeyId:
    def test_names_the_key_without_telling_it(self) -> None:
        name = key_id(SALT)

        assert len(name) == 16
        assert name == key_id(SALT) != key_id(SALT[::-1])
        assert SALT[:4].hex() not in name
