package dotf.service.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dotf.agent.Agent;
import dotf.agent.AgentStatus;
import dotf.agent.Allowed;
import dotf.agent.KeepAnswer;
import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import dotf.service.text.Printable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/** What holds dotf back, and what dotf holds back: {@code allow keep unkeep pause resume}. */
public final class HoldingRoutes {
  /** The longest time for which anything is allowed. */
  private static final Duration ALLOWED_MAX = Duration.ofHours(24);

  private final Agent agent;
  private final InstantSource clock;

  private HoldingRoutes(Agent agent, InstantSource clock) {
    this.agent = agent;
    this.clock = clock;
  }

  /** Adds the routes. */
  public static void add(Routes routes, Agent agent, InstantSource clock) {
    HoldingRoutes holding = new HoldingRoutes(agent, clock);
    routes.post("allow", holding::allow);
    routes.post("keep", holding::keep);
    routes.post("unkeep", holding::unkeep);
    routes.post("pause", holding::pause);
    routes.post("resume", holding::resume);
  }

  private void pause(Call call) throws IOException {
    long seconds = call.number("seconds", -1);
    if (seconds == 0) {
      throw new CommandException(
          ExitCode.USAGE, "a pause takes at least 1s; end one by dotf resume");
    }
    agent.pause(seconds < 0 ? null : Duration.ofSeconds(seconds));
    AgentStatus status = agent.status();
    if (call.json()) {
      call.document(json -> write(json, status));
      return;
    }
    call.line(
        (status.pausedUntil() == null
                ? "paused until dotf resume"
                : "paused until " + status.pausedUntil().truncatedTo(ChronoUnit.SECONDS))
            + "; stubs open as always");
  }

  private void resume(Call call) throws IOException {
    agent.resume();
    if (call.json()) {
      AgentStatus status = agent.status();
      call.document(json -> write(json, status));
    } else {
      call.line("going on");
    }
  }

  private static void write(JsonGenerator json, AgentStatus status) throws IOException {
    json.writeBooleanField("paused", status.paused());
    Json.text(json, "pausedUntil", status.pausedUntil());
  }

  private void keep(Call call) throws IOException {
    Path path = call.path(call.required("path"));
    KeepAnswer answer = agent.keep(path, FileRoutes.progress(call, "restoring", clock));
    if (!call.json()) {
      call.line(
          Printable.of(
              (answer.changed() ? "keeping " : "kept already: ")
                  + answer.path()
                  + " by "
                  + answer.rule()));
      if (answer.restored().files() + answer.restored().failed() == 0) {
        return;
      }
    }
    new Report(call, "restored").of(answer.restored(), json -> write(json, answer));
  }

  private void unkeep(Call call) throws IOException {
    KeepAnswer answer = agent.unkeep(call.path(call.required("path")));
    if (call.json()) {
      call.document(json -> write(json, answer));
      return;
    }
    String path = answer.path().toString();
    if (answer.rule() != null) {
      call.line(Printable.of(path + " is still kept by another rule: " + answer.rule()));
    } else {
      call.line(Printable.of((answer.changed() ? "no longer keeping " : "was not kept: ") + path));
    }
  }

  private static void write(JsonGenerator json, KeepAnswer answer) throws IOException {
    Json.text(json, "path", answer.path());
    json.writeBooleanField("changed", answer.changed());
    Json.text(json, "rule", answer.rule());
  }

  private void allow(Call call) throws IOException {
    Duration time = Duration.ofSeconds(call.number("seconds", 600));
    if (time.isNegative() || time.isZero() || time.compareTo(ALLOWED_MAX) > 0) {
      throw new CommandException(
          ExitCode.USAGE, "--for takes a time from 1s to 24h, not " + time.toSeconds() + "s");
    }
    Allowed allowed = agent.allow(call.optionalPath("path"), time);
    if (call.json()) {
      call.document(
          json -> {
            Json.text(json, "until", allowed.until());
            Json.array(
                json,
                "released",
                items -> {
                  for (String released : allowed.released()) {
                    items.writeString(released);
                  }
                });
          });
      return;
    }
    call.line("allowed until " + allowed.until().truncatedTo(ChronoUnit.SECONDS));
    for (String released : allowed.released()) {
      call.line(Printable.of(released));
    }
    if (allowed.released().isEmpty()) {
      call.note("nothing was held there");
    }
  }
}
