package dotf.service.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dotf.agent.Agent;
import dotf.agent.Problem;
import dotf.agent.Verification;
import dotf.service.text.Amounts;
import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import dotf.service.text.Printable;
import java.io.IOException;
import java.time.InstantSource;
import java.util.function.Consumer;

/** Checking and mending: {@code verify repair}. */
public final class CareRoutes {
  private final Agent agent;
  private final InstantSource clock;

  private CareRoutes(Agent agent, InstantSource clock) {
    this.agent = agent;
    this.clock = clock;
  }

  /** Adds the routes. */
  public static void add(Routes routes, Agent agent, InstantSource clock) {
    CareRoutes care = new CareRoutes(agent, clock);
    routes.post("verify", care::verify);
    routes.post("repair", care::repair);
  }

  private void verify(Call call) throws IOException {
    boolean deep = call.flag("deep");
    Verification[] result = new Verification[1];
    if (call.json()) {
      call.document(
          json -> {
            Json.array(
                json,
                "problems",
                items ->
                    result[0] =
                        agent.verify(
                            deep, checked(call, p -> Json.object(items, o -> write(o, p)))));
            json.writeBooleanField("ok", result[0].ok());
            Json.object(
                json,
                "checked",
                o -> {
                  o.writeNumberField("stubs", result[0].stubs());
                  o.writeNumberField("blocks", result[0].blocks());
                  o.writeNumberField("holders", result[0].holders());
                });
          });
    } else {
      result[0] = agent.verify(deep, checked(call, problem -> call.line(line(problem))));
      call.line(
          "checked "
              + Amounts.count(result[0].stubs(), "stub", "stubs")
              + ", "
              + Amounts.count(result[0].blocks(), "block", "blocks")
              + ", "
              + Amounts.count(result[0].holders(), "holder", "holders"));
    }
    if (!result[0].ok()) {
      throw new CommandException(
          ExitCode.FAILED,
          Amounts.count(result[0].problems(), "problem was", "problems were")
              + " found; mend what can be mended with: dotf repair");
    }
  }

  private void repair(Call call) throws IOException {
    new Report(call, "repaired")
        .of(agent.repair(call.paths("path"), FileRoutes.progress(call, "repairing", clock)));
  }

  private static Consumer<Problem> checked(Call call, Sinks.Sink<Problem> sink) {
    Consumer<Problem> consumer = Sinks.checked(sink);
    return problem -> {
      call.checkConnected();
      consumer.accept(problem);
    };
  }

  private static String line(Problem problem) {
    return problem.kind()
        + "  "
        + Printable.of(problem.subject())
        + ": "
        + Printable.of(problem.text());
  }

  static void write(JsonGenerator json, Problem problem) throws IOException {
    json.writeStringField("kind", problem.kind());
    json.writeStringField("subject", problem.subject());
    json.writeStringField("text", problem.text());
  }
}
