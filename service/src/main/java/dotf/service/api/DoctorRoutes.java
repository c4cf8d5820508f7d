package dotf.service.api;

import dotf.dht.DhtNode;
import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import dotf.service.text.Paragraph;
import dotf.service.text.Printable;
import dotf.service.text.Terminal.Style;
import dotf.setup.Diagnosis;
import dotf.setup.Finding;
import dotf.setup.Finding.Grade;
import dotf.setup.Home;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What usually goes wrong: {@code doctor}. Works with and without an agent. */
public final class DoctorRoutes {
  private final Home home;
  private final Map<String, String> environment;
  private final InstantSource clock;
  private final @Nullable DhtNode node;

  private DoctorRoutes(
      Home home, Map<String, String> environment, InstantSource clock, @Nullable DhtNode node) {
    this.home = home;
    this.environment = environment;
    this.clock = clock;
    this.node = node;
  }

  /**
   * Adds the route.
   *
   * @param node null where no agent runs
   */
  public static void add(
      Routes routes,
      Home home,
      Map<String, String> environment,
      InstantSource clock,
      @Nullable DhtNode node) {
    DoctorRoutes doctor = new DoctorRoutes(home, environment, clock, node);
    routes.get("doctor", doctor::examine);
  }

  private void examine(Call call) throws IOException {
    List<Finding> findings =
        new ArrayList<>(new Diagnosis(Path.of("/"), environment, clock.instant()).of(home));
    findings.addAll(node == null ? List.of(PortCheck.withoutAgent()) : PortCheck.of(node));
    if (call.json()) {
      call.document(json -> Json.array(json, "findings", items -> write(items, findings)));
    } else {
      for (Finding finding : findings) {
        print(call, finding);
      }
    }
    if (findings.stream().anyMatch(finding -> finding.grade() == Grade.PROBLEM)) {
      throw new CommandException(
          ExitCode.FAILED, "something does not work; the lines marked ! say how to mend it");
    }
  }

  private static void write(com.fasterxml.jackson.core.JsonGenerator items, List<Finding> findings)
      throws IOException {
    for (Finding finding : findings) {
      Json.object(
          items,
          o -> {
            Json.text(o, "grade", finding.grade().name().toLowerCase(java.util.Locale.ROOT));
            Json.text(o, "subject", finding.subject());
            Json.text(o, "text", finding.text());
            Json.text(o, "mend", finding.mend());
          });
    }
  }

  private static void print(Call call, Finding finding) throws IOException {
    String mark =
        switch (finding.grade()) {
          case GOOD -> call.terminal().styled(Style.GOOD, "ok");
          case ADVICE -> call.terminal().styled(Style.WAITING, "- ");
          case PROBLEM -> call.terminal().styled(Style.BAD, "! ");
        };
    String text = "%-10s %s".formatted(finding.subject(), Printable.of(finding.text()));
    call.line(mark + " " + Paragraph.wrapped(text, call.terminal().width() - 3, 14).strip());
    if (finding.mend() != null) {
      call.line("              mend it with:  " + Printable.of(finding.mend()));
    }
  }
}
