"""The messages between the functions. Each only points at a row of the ledger: it may be lost, doubled or late."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class BadMessage(ValueError):
    """A message that is none of ours, or has lost something."""


class DropMessage(BaseModel):
    """To an attempt of a drop; of no use once the row has moved on."""

    model_config = ConfigDict(frozen=True, extra="ignore")  # a newer version may say more

    drop_id: str = Field(min_length=1, max_length=2048)
    attempt: int = Field(ge=1)

    @classmethod
    def parse(cls, body: Any) -> Self:
        """Raises BadMessage, which names what is wrong."""
        try:
            return cls.model_validate(body)
        except ValidationError as error:
            faults = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'body'}: {one['msg']}" for one in error.errors())
            raise BadMessage(f"{cls.__name__}: {faults}") from None

    def body(self) -> dict[str, Any]:
        return self.model_dump()


class RegistrationMessage(DropMessage):
    pass


class PollMessage(DropMessage):
    generation: int = Field(ge=0)


class NoticeMessage(DropMessage):
    pass
