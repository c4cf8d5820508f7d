package dotf.chunker.codec;

/**
 * Padmé (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with
 * PURBs", 2019): lengths are rounded up so that a length of n bits keeps only about log2(n) of them
 * after the first, which costs at most 12 % and less for longer ones.
 */
final class Padme {
  private Padme() {}

  /** The least Padmé length that is not below {@code length}, which is at least 1. */
  static int pad(int length) {
    int exponent = 31 - Integer.numberOfLeadingZeros(length);
    int kept = 32 - Integer.numberOfLeadingZeros(exponent);
    int mask = (1 << Math.max(0, exponent - kept)) - 1;
    return (length + mask) & ~mask;
  }
}
