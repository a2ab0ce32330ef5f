# What is done before the first job and after the last one.
import atexit
import sys

from mtlcurves import problems

LOG_FOLDER = Path(PREFIX, "logs", study.name)


onstart:
    if CLOSELY:
        problems.forget(LOG_FOLDER)


onerror:
    # at the very end, after Snakemake's own last lines
    if CLOSELY and (told := problems.gathered(LOG_FOLDER, study.name)):
        atexit.register(print, told, file=sys.stderr)
