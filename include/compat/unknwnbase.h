/* unknwnbase.h: another spelling of unknwn.h. */
#include <unknwn.h>
