"""What every section of a configuration is, and the sections that other modules need by themselves."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt

NAME_PATTERN = r"^[A-Za-z][A-Za-z0-9_-]*$"
SHA256_PATTERN = r"^[0-9a-f]{64}$"

Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Task = Annotated[str, Field(min_length=1)]
Tasks = Annotated[list[Task], Field(min_length=1)]
Sizes = Annotated[list[PositiveInt], Field(min_length=1)]
Sha256 = Annotated[str, Field(pattern=SHA256_PATTERN)]


class Section(BaseModel):
    """A configuration section: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Download(Section):
    """A file from a URL or a local path, pinned by its digest."""

    url: str = Field(description="URL or local path of the file.")
    sha256: Sha256 | None = Field(
        default=None,
        description="Digest of the file. Empty: the first fetch prints the digest and stops, asking to pin it.",
    )


class Limits(Section):
    """What a whole study may cost. One that would exceed a limit is stopped before its first training."""

    jobs: PositiveInt | None = Field(default=None, description="Jobs, of all steps. Known from this file alone.")
    trainings: PositiveInt | None = Field(default=None, description="Trainings. Known from this file alone.")
    core_hours: PositiveFloat | None = Field(
        default=None, description="Hours of processor cores, of all jobs; estimated when the data are prepared."
    )
    gpu_hours: PositiveFloat | None = Field(default=None, description="Hours of GPUs; estimated likewise.")
    disk_gb: PositiveFloat | None = Field(default=None, description="Disk space of results; estimated likewise.")


class Power(Section):
    """What `snakemake power` assumes when it says which effects a design of trainings will detect."""

    noise: PositiveFloat | str = Field(
        default=0.018,
        description="Standard deviation of one training's AUROC, what all trainings of its rotation share left "
        "aside; or the grid_points.parquet of an earlier study, to measure it on.",
    )
    gap: Annotated[float, Field(gt=0, le=1)] = Field(
        default=0.3, description="Gap between the score at the low size and the best that the curve can reach."
    )
    own_closes: Annotated[float, Field(ge=0, lt=1)] = Field(
        default=0.7,
        description="Share of that gap that a target's own labels close when it is raised from one fold to all: "
        "0.7 where a fold has a weight of 0.15 and eight are added.",
    )
    wanted_error: PositiveFloat = Field(
        default=0.003,
        description="Standard error wanted of a pair's weight per fold; the cheapest design that has it is named.",
    )
