"""Read a district's file in chunks of rows, in constant memory, whatever its size."""

from connectors.files.chunks import FileChunks
from connectors.files.read import CHUNK_ROWS, open_rows

__all__ = ["CHUNK_ROWS", "FileChunks", "open_rows"]
