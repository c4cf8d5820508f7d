package dotf.service.api;

import dotf.agent.Agent;
import dotf.agent.Allowed;
import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import dotf.service.text.Printable;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/** What holds dotf back, and what dotf holds back: {@code allow}. */
public final class HoldingRoutes {
  /** The longest time for which anything is allowed. */
  private static final Duration ALLOWED_MAX = Duration.ofHours(24);

  private final Agent agent;

  private HoldingRoutes(Agent agent) {
    this.agent = agent;
  }

  /** Adds the routes. */
  public static void add(Routes routes, Agent agent) {
    HoldingRoutes holding = new HoldingRoutes(agent);
    routes.post("allow", holding::allow);
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
