# Not part of `make check`: it takes a minute or two and wants spin.
EXTRA_DIST += %D%/check.sh %D%/notify.pml
check-model:
	CC="$(CC)" $(SHELL) $(srcdir)/%D%/check.sh $(abs_builddir)/%D%/work
