package dotf.service.text;

/**
 * Where text goes.
 *
 * @param width columns, 40 to 500; nothing is cut to it unless {@code interactive}
 * @param colour whether escape sequences for colour are welcome
 * @param interactive whether a person reads along: progress lines and shortened names are welcome
 * @param detail how much is to be said
 */
public record Terminal(int width, boolean colour, boolean interactive, Detail detail) {
  /** What a file or a pipe gets: 80 columns, plain, nothing shortened. */
  public static final Terminal PLAIN = new Terminal(80, false, false, Detail.NORMAL);

  private static final int NARROWEST = 40;
  private static final int WIDEST = 500;

  public Terminal {
    width = Math.clamp(width, NARROWEST, WIDEST);
  }

  /** How much a user wants to hear. */
  public enum Detail {
    /** Nothing but errors. */
    QUIET,
    /** What most people want. */
    NORMAL,
    /** All there is. */
    FULL
  }

  /**
   * Whether hashes and ids are to be shown whole: a person gets the digits that tell them apart.
   */
  public boolean whole() {
    return !interactive || verbose();
  }

  /** Whether more is to be said than usual. */
  public boolean verbose() {
    return detail == Detail.FULL;
  }

  /** {@code text} in the given style where colours are welcome, else as it is. */
  public String styled(Style style, String text) {
    return colour ? "\u001b[" + style.code + "m" + text + "\u001b[0m" : text;
  }

  /** The few styles that dotf uses. */
  public enum Style {
    /** Headings. */
    BOLD("1"),
    /** All is well. */
    GOOD("32"),
    /** Waits for something. */
    WAITING("33"),
    /** Somebody has to look at it. */
    BAD("31"),
    /** Details. */
    FAINT("2");

    private final String code;

    Style(String code) {
      this.code = code;
    }
  }
}
