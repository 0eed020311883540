"""Which texts are arXiv identifiers, and which only look like one."""

import pytest

from digests.arxiv_id import split_id
from digests.models import Paper


@pytest.mark.parametrize(
    ("given", "identifier", "version"),
    [
        ("2411.10958", "2411.10958", None),
        ("2411.10958v2", "2411.10958", 2),
        ("2411.00001v99", "2411.00001", 99),
        (" 2411.10958\n", "2411.10958", None),
        ("0704.0001", "0704.0001", None),
        ("1412.9999v1", "1412.9999", 1),
        ("1501.00001", "1501.00001", None),
        ("cs/0112017", "cs/0112017", None),
        ("quant-ph/0201082v1", "quant-ph/0201082", 1),
        ("math.GT/0309136", "math/0309136", None),
        ("hep-th/9901001v3", "hep-th/9901001", 3),
        ("arXiv:2411.10958v1", "2411.10958", 1),
        ("oai:arXiv.org:2203.01250v3", "2203.01250", 3),
        ("http://arxiv.org/abs/2411.10958v1", "2411.10958", 1),
        ("https://arxiv.org/pdf/2411.10958v2.pdf", "2411.10958", 2),
        ("https://arxiv.org/pdf/2411.10958", "2411.10958", None),
        ("https://www.arxiv.org/html/2411.10958v1", "2411.10958", 1),
        ("https://export.arxiv.org/abs/cs/0112017", "cs/0112017", None),
        ("HTTPS://ARXIV.ORG/abs/2411.10958", "2411.10958", None),
        ("https://huggingface.co/papers/2411.10958", "2411.10958", None),
        ("https://www.alphaxiv.org/abs/2411.10958v2", "2411.10958", 2),
    ],
)
def test_identifiers_and_known_addresses_of_them_are_read(given, identifier, version):
    assert split_id(given) == (identifier, version)


@pytest.mark.parametrize(
    "given",
    [
        "",
        "../../x",
        "2411.00001?x=",
        "2411.00001#frag",
        "2411.00001/../../etc/passwd",
        "2411.00001 2411.00002",
        "2411.00001,2411.00002",
        "2411.00001\n2411.00002",
        "2411.00001v0",
        "2411.00001v1000",
        "2411.00001v",
        "2411.1",
        "2411.123456",
        "2411.0001",  # five digits since 2015
        "0704.00001",  # and four before
        "2413.00001",
        "2400.00001",
        "cs/2411017",  # old ids ended in 2007
        "CS/0112017",
        "../0112017",
        "530608",
        "٢٤١١.٠٠٠٠١",
        "２４１１.００００１",
        "javascript:2411.00001",
        "data:text/html,2411.00001",
        "//evil.example/abs/2411.00001",
        "https://evil.example/abs/2411.00001",
        "https://arxiv.org@evil.example/abs/2411.00001",
        "https://arxiv.org.evil.example/abs/2411.00001",
        "https://evil.example/https://arxiv.org/abs/2411.00001",
        "https://arxiv.org/list/2411.00001",
        "https://аrxiv.org/abs/2411.00001",
        "2411.00001<script>",
        "2411.00001\0",
    ],
)
def test_everything_else_is_no_identifier(given):
    assert split_id(given) is None


def test_a_papers_address_is_made_of_its_identifier_alone():
    identifier, _ = split_id("https://huggingface.co/papers/2411.10958")
    assert Paper(arxiv_id=identifier).url == "https://arxiv.org/abs/2411.10958"
    assert Paper(arxiv_id=split_id("math.GT/0309136v2")[0]).url == "https://arxiv.org/abs/math/0309136"
