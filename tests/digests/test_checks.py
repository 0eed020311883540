"""Start-up checks of what is said."""

from digests.checks import check_sources_are_known


def test_a_source_nobody_knows_stops_the_start(settings):
    settings.DIGEST_SOURCES = ["huggingface", "arvix"]
    [error] = check_sources_are_known(None)
    assert "arvix" in error.msg


def test_the_sources_there_are_pass(settings):
    settings.DIGEST_SOURCES = ["huggingface", "arxiv", "deeplearn"]
    assert check_sources_are_known(None) == []
