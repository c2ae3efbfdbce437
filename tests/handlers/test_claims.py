import pytest
@pytest.mark.manual("member", "申报")
def test_a_claim(say, cast, arrived):
    assert say(cast.zhang_san, "申报 社区志愿 2小时 昨天 清扫河堤") == ""
    assert arrived(cast.li_si)==1
