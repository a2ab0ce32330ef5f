"""A hint to the processor, which numba has no word for."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

AHEAD = 4  # rows: their memory's delay is about the time that four rows take
LINE_BYTES = 64
FORESEEN_AFTER = 256  # bytes read in a row, after which the processor goes on ahead by itself


def _code_of(_typing: Any, array: Any, row: Any, byte: Any) -> Any:
    """Tell numba the types of a call of :data:`prefetch`, and how to write its machine code."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        at_row, at_byte = (
            context.cast(builder, value, kind, types.int64)
            for value, kind in zip(arguments[1:], signature.args[1:], strict=True)
        )
        word, count, pointer = ir.IntType(64), ir.IntType(32), ir.IntType(8).as_pointer()
        stride = cgutils.unpack_tuple(builder, view.strides)[0]  # type: ignore[no-untyped-call]
        start = builder.mul(at_row, stride)
        address = builder.add(builder.ptrtoint(view.data, word), builder.add(start, at_byte))
        kind = ir.FunctionType(ir.VoidType(), [pointer, count, count, count])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")  # type: ignore[no-untyped-call]
        # to write; into the nearest cache; data
        builder.call(function, [builder.inttoptr(address, pointer), count(1), count(3), count(1)])
        return context.get_dummy_value()

    return types.void(array, row, byte), code


prefetch: Any = intrinsic(_code_of)
"""``prefetch(array, row, byte)``: fetch the cache line with a byte of a row, soon to be read and written.

Rows that a batch touches lie apart in memory, so the processor does not foresee the next one; asking for it some
rows ahead hides most of the memory's delay. It changes no result.
"""
