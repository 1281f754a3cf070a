"""What the inspection needs of `typing`, at a twentieth of its cost.

A cold start pays for every import: `typing` is 10 ms with Python 3.11 (it brings re, functools and contextlib along),
and each of its NamedTuples half a millisecond more, because it compiles a constructor. A checker sees the real ones.
What is only in annotations (Any, Callable) is imported under TYPE_CHECKING, which is false whenever code runs.
"""

from __future__ import annotations

from operator import itemgetter

TYPE_CHECKING = False

if TYPE_CHECKING:
    from functools import partial as partial
    from typing import Literal as Literal
    from typing import NamedTuple as NamedTuple
    from typing import Protocol as Protocol
else:
    from _functools import partial as partial  # functools itself imports a dozen modules more

    Protocol = object

    class Literal:
        """`Literal["a", "b"]` is the tuple of its words: nothing that pydantic would take for a type."""

        def __class_getitem__(cls, words):
            return words

    class _Fields(type):
        """Makes of a class body's annotations the fields of a tuple, in their order."""

        def __new__(cls, name, bases, body):
            fields = tuple(body.get("__annotations__", ()))
            if fields:
                defaults = {field: body.pop(field) for field in fields if field in body}
                body |= {field: property(itemgetter(at)) for at, field in enumerate(fields)}
                body |= {"_fields": fields, "_field_defaults": defaults, "__match_args__": fields}
            return type.__new__(cls, name, bases, {"__slots__": (), **body})

    class NamedTuple(tuple, metaclass=_Fields):
        """As typing.NamedTuple: fields by position or by name, with defaults; `_replace`, `_asdict`."""

        def __new__(cls, *values, **named):
            fields = cls._fields
            if named or len(values) != len(fields):
                values += tuple([cls._take(field, named) for field in fields[len(values) :]])
                if named or len(values) != len(fields):
                    raise TypeError(f"{cls.__name__} has no field {', '.join(named) or len(fields)}")
            return tuple.__new__(cls, values)

        @classmethod
        def _take(cls, field, named):
            if field in named:
                return named.pop(field)
            if field in cls._field_defaults:
                return cls._field_defaults[field]
            raise TypeError(f"{cls.__name__} needs {field}")

        def _replace(self, **changes):
            return type(self)(**(self._asdict() | changes))

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __getnewargs__(self):
            return tuple(self)

        def __repr__(self):
            return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self._asdict().items())})"
