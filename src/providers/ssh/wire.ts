// How are SSH's binary structures read? (length-prefixed fields: https://www.rfc-editor.org/rfc/rfc4251#section-5)

export interface Reader {
  bytes(): Buffer;
  text(): string;
  number32(): number;
  number64(): bigint;
  atEnd(): boolean;
}

/** Every method throws RangeError when the field reaches beyond the data. */
export function reader(data: Buffer): Reader {
  let at = 0;
  const take = (length: number): Buffer => {
    if (at + length > data.length) throw new RangeError("a field is cut off");
    at += length;
    return data.subarray(at - length, at);
  };
  const number32 = () => take(4).readUInt32BE();
  const bytes = () => take(number32());
  return {
    bytes,
    number32,
    text: () => bytes().toString("latin1"),
    number64: () => take(8).readBigUInt64BE(),
    atEnd: () => at === data.length,
  };
}

/** One field with its length before it. */
export function field(content: Buffer | string): Buffer {
  const bytes = Buffer.from(content as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
