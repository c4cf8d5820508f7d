package dotf.agent.folder;

import dotf.agent.journal.FolderId;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.Hash;
import dotf.chunker.disk.FileStat;
import dotf.chunker.manifest.Digest;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What is about to be done to one file, so that a crash in the middle can be told from what a user
 * did.
 *
 * @param place of the file itself for FREE, of the stub for RETIRE, of the entry for SWAP
 * @param device and {@code inode} of what the quarantine name will hold first: the original for
 *     FREE, the stub for RETIRE, the restored content for SWAP
 * @param size of that file in bytes
 * @param digest of the content; meaningful for FREE only
 * @param stubHash SHA-256 of the stub's bytes
 * @param aside the name in the quarantine, of no other intent
 */
record Intent(
    long number,
    Kind kind,
    FolderId folder,
    Place place,
    long device,
    long inode,
    long size,
    Digest digest,
    BlockAddress manifest,
    Hash stubHash,
    String aside) {

  /** What is being done. */
  enum Kind {
    /** A file is replaced by its stub. */
    FREE(1),
    /** A stub is taken away, the file being there. */
    RETIRE(2),
    /** A stub without ".f" and its content change places. */
    SWAP(3);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    private static Kind of(int code) {
      for (Kind kind : values()) {
        if (kind.code == code) {
          return kind;
        }
      }
      throw new IllegalArgumentException("no kind of intent " + code);
    }
  }

  /** Where the stub of an earlier version goes while this one is published. */
  String asideForOldStub() {
    return aside + ".old";
  }

  /** Where the new stub goes when all is taken back. */
  String asideForNewStub() {
    return aside + ".new";
  }

  boolean isInode(FileStat stat) {
    return stat.device() == device && stat.inode() == inode;
  }

  boolean isStub(ByteBuffer bytes) {
    return Sha256.of(bytes).equals(stubHash);
  }

  byte[] encode() {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeLong(number);
      out.writeByte(kind.code);
      out.writeLong(folder.high());
      out.writeLong(folder.low());
      out.writeLong(device);
      out.writeLong(inode);
      out.writeLong(size);
      out.write(digest.bytes());
      out.write(manifest.bytes());
      out.write(stubHash.bytes());
      writeText(out, place.path());
      writeText(out, aside);
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Intent decode(ByteBuffer in) {
    long number = in.getLong();
    Kind kind = Kind.of(in.get());
    FolderId folder = FolderId.read(in);
    long device = in.getLong();
    long inode = in.getLong();
    long size = in.getLong();
    Digest digest = Digest.read(in);
    BlockAddress manifest = BlockAddress.read(in);
    Hash stubHash = Hash.read(in);
    Place place = Place.of(readText(in));
    return new Intent(
        number, kind, folder, place, device, inode, size, digest, manifest, stubHash, readText(in));
  }

  private static void writeText(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String readText(ByteBuffer in) {
    byte[] bytes = new byte[in.getInt()];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
