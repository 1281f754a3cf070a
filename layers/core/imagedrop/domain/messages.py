"""The queue messages between the functions. Each names a row of the ledger; it may be lost, late or sent twice."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class BadMessage(ValueError):
    """Not a message of imagedrop, or a field is missing or wrong."""


class DropMessage(BaseModel):
    """For one attempt of a drop; ignored once the row has changed its stage or attempt."""

    model_config = ConfigDict(frozen=True, extra="ignore")  # a newer version may send more fields

    drop_id: str = Field(min_length=1, max_length=2048)
    attempt: int = Field(ge=1)

    @classmethod
    def parse(cls, body: Any) -> Self:
        """Raises BadMessage, which names the wrong fields."""
        try:
            return cls.model_validate(body)
        except ValidationError as error:
            faults = "; ".join(
                f"{'.'.join(map(str, fault['loc'])) or 'body'}: {fault['msg']}" for fault in error.errors()
            )
            raise BadMessage(f"{cls.__name__}: {faults}") from None

    def body(self) -> dict[str, Any]:
        return self.model_dump()


class RegistrationMessage(DropMessage):
    pass


class PollMessage(DropMessage):
    generation: int = Field(ge=0)


class NoticeMessage(DropMessage):
    pass
