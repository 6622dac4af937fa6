# What no compiler checks: see the first line of each script.
dist_check_SCRIPTS += \
	%D%/arrows-test.sh \
	%D%/arrows.sh \
	%D%/faults.sh \
	%D%/links.sh \
	%D%/rules-test.sh \
	%D%/rules.sh
