package dotf.service.daemon;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.LayoutBase;
import dotf.service.text.Printable;
import java.time.temporal.ChronoUnit;

/**
 * One event as text. Names in it are made printable, so that no file's or peer's name can forge a
 * line or reach the terminal of whoever reads the log.
 */
final class LogLine extends LayoutBase<ILoggingEvent> {
  private static final int CAUSES_MAX = 8;
  private static final int FRAMES_MAX = 60;

  @Override
  public String doLayout(ILoggingEvent event) {
    String logger = event.getLoggerName();
    StringBuilder line =
        new StringBuilder(160)
            .append(event.getInstant().truncatedTo(ChronoUnit.MILLIS))
            .append(' ')
            .append(event.getLevel())
            .append(' ')
            .append(logger.substring(logger.lastIndexOf('.') + 1))
            .append(": ")
            .append(Printable.of(event.getFormattedMessage()))
            .append('\n');
    IThrowableProxy thrown = event.getThrowableProxy();
    for (int cause = 0; thrown != null && cause < CAUSES_MAX; cause++) {
      append(line, thrown);
      thrown = thrown.getCause();
    }
    return line.toString();
  }

  private static void append(StringBuilder line, IThrowableProxy thrown) {
    String message = thrown.getMessage();
    line.append("  ")
        .append(thrown.getClassName())
        .append(message == null ? "" : ": " + Printable.of(message))
        .append('\n');
    StackTraceElementProxy[] frames = thrown.getStackTraceElementProxyArray();
    for (int i = 0; i < Math.min(frames.length, FRAMES_MAX); i++) {
      line.append("    ").append(frames[i].getSTEAsString()).append('\n');
    }
  }
}
