package dotf.service.api;

import dotf.agent.NotFoundException;
import dotf.agent.RefusedException;
import dotf.agent.TryLaterException;
import dotf.chunker.block.BlockMissingException;
import dotf.dht.PeerUnreachableException;
import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a failed call ends: an exit code and one sentence. The log has the rest. */
record Failures(ExitCode code, String sentence) {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  static Failures of(Exception failure) {
    return switch (failure) {
      case CommandException e -> new Failures(e.code(), message(e));
      case NotFoundException e -> new Failures(ExitCode.ABSENT, message(e));
      case RefusedException e -> new Failures(ExitCode.REFUSED, message(e));
      case TryLaterException e -> new Failures(ExitCode.LATER, message(e));
      case BlockMissingException e ->
          new Failures(ExitCode.LATER, message(e) + "; try again when more of them are on");
      case PeerUnreachableException e ->
          new Failures(
              ExitCode.LATER,
              message(e) + "; check that dotf runs there, and that address and port are right");
      case NoSuchFileException e ->
          new Failures(ExitCode.ABSENT, "there is no " + e.getFile() + "; check the name");
      case AccessDeniedException e ->
          new Failures(
              ExitCode.FAILED, "the agent may not use " + e.getFile() + "; check its permissions");
      case FileSystemException e ->
          new Failures(
              ExitCode.FAILED,
              e.getReason() == null ? message(e) : e.getFile() + ": " + e.getReason());
      case UncheckedIOException e -> of(Objects.requireNonNull(e.getCause()));
      case IOException e when "No space left on device".equals(e.getMessage()) ->
          new Failures(ExitCode.LATER, "a disk is full; free some space there, and try again");
      case IOException e -> new Failures(ExitCode.FAILED, message(e));
      default -> {
        LOG.error("a call failed", failure);
        yield new Failures(
            ExitCode.FAILED, "the agent met an error of its own; see it with: dotf log");
      }
    };
  }

  private static String message(Exception e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }
}
