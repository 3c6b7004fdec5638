"""Record types: one Avro file each; everything else about a type is rendered from it."""
