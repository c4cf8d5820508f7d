package dotf.service.cli;

/** Which program this is. */
public final class Version {
  /** The number, as in the build files. */
  public static final String NUMBER = "0.1.0";

  static final String LINE = "dotf " + NUMBER;

  private Version() {}
}
