# Every Check program links what it tests, and tests/suite.h.
noinst_HEADERS += tests/suite.h
