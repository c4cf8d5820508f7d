package dotf.dht.store;

/**
 * How much a store may take.
 *
 * @param limit bytes of disk for all segments
 * @param offer bytes of sealed blocks held for others, at most
 * @param segmentBytes size at which a segment is sealed
 * @param segmentRecords number of records at which a segment is sealed; their index is in memory
 *     until then, about 300 bytes each
 * @param footerMemory bytes of footers that are searched in memory before an index is made of them
 */
public record StoreSettings(
    long limit, long offer, int segmentBytes, int segmentRecords, long footerMemory) {
  private static final int SEGMENT_BYTES = 256 << 20;
  private static final int SEGMENT_RECORDS = 1 << 15;
  private static final long FOOTER_MEMORY = 32 << 20;
  private static final int SEGMENT_BYTES_MIN = 64 << 10;

  public StoreSettings {
    if (limit < 0
        || offer < 0
        || segmentBytes < SEGMENT_BYTES_MIN
        || segmentBytes > SEGMENT_BYTES
        || segmentRecords < 1
        || footerMemory < 0) {
      throw new IllegalArgumentException("sizes of a store out of range");
    }
  }

  /** The usual segments: 256 MiB, 32,768 records; 32 MiB of footers. */
  public static StoreSettings of(long limit, long offer) {
    return new StoreSettings(limit, offer, SEGMENT_BYTES, SEGMENT_RECORDS, FOOTER_MEMORY);
  }
}
