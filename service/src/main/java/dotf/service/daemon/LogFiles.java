package dotf.service.daemon;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/** The agent's log: a file of at most 8 MiB and four older ones. Doorway of Logback. */
public final class LogFiles {
  /** The name of the newest file. */
  public static final String NAME = "dotf.log";

  private static final String FILE_SIZE = "8MB";
  private static final int OLDER = 4;

  private LogFiles() {}

  /** Sends the log of this process to files in {@code directory} from now on. */
  static void open(Path directory) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    RollingFileAppender<ILoggingEvent> files = new RollingFileAppender<>();
    files.setContext(context);
    files.setFile(directory.resolve(NAME).toString());
    FixedWindowRollingPolicy rolling = new FixedWindowRollingPolicy();
    rolling.setContext(context);
    rolling.setParent(files);
    rolling.setFileNamePattern(directory.resolve("dotf.%i.log").toString());
    rolling.setMinIndex(1);
    rolling.setMaxIndex(OLDER);
    rolling.start();
    SizeBasedTriggeringPolicy<ILoggingEvent> trigger = new SizeBasedTriggeringPolicy<>();
    trigger.setContext(context);
    trigger.setMaxFileSize(FileSize.valueOf(FILE_SIZE));
    trigger.start();
    LogLine layout = new LogLine();
    layout.setContext(context);
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(context);
    encoder.setCharset(StandardCharsets.UTF_8);
    encoder.setLayout(layout);
    encoder.start();
    files.setEncoder(encoder);
    files.setRollingPolicy(rolling);
    files.setTriggeringPolicy(trigger);
    files.start();
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(files);
    context.getLogger("dotf").setLevel(Level.INFO);
  }

  /** Writes out what is left and stops logging. */
  static void close() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
  }
}
