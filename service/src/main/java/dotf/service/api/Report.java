package dotf.service.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dotf.agent.Freed;
import dotf.agent.Outcome;
import dotf.agent.Outcome.Failure;
import dotf.agent.Problem;
import dotf.agent.replica.Evicted;
import dotf.agent.replica.Stay;
import dotf.service.text.Amounts;
import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import dotf.service.text.Paragraph;
import dotf.service.text.Printable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What came of a request on many files. Anything that was not done makes the command fail. */
final class Report {
  /** More files than these a person does not read. */
  private static final int SHOWN = 20;

  private static final int LABEL = 11;

  private final Call call;
  private final String verb;

  /**
   * @param verb what is done with a file, such as {@code restored}
   */
  Report(Call call, String verb) {
    this.call = call;
    this.verb = verb;
  }

  /** Says how many were done, and of each other why not. */
  void of(Outcome outcome) throws IOException {
    of(outcome, json -> {});
  }

  /** As {@link #of(Outcome)}; {@code more} writes the fields that the document has besides. */
  void of(Outcome outcome, Json.Body more) throws IOException {
    if (call.json()) {
      call.document(
          json -> {
            write(json, outcome);
            more.write(json);
          });
    } else {
      boolean nothing = outcome.files() == 0 && outcome.failed() == 0;
      call.line(nothing ? "nothing had to be " + verb : verb + " " + done(outcome));
      each(outcome);
    }
    check(outcome, "the reasons are above");
  }

  /** Says what a request for space came to: replaced, given back, and what is in the way. */
  void of(Freed freed) throws IOException {
    Outcome outcome = freed.replaced();
    Map<String, List<String>> inTheWay = grouped(outcome);
    if (call.json()) {
      call.document(json -> write(json, freed, inTheWay));
    } else {
      field(verb, done(outcome));
      field("given back", givenBack(freed));
      if (call.terminal().verbose()) {
        each(outcome);
      }
      String label = "in the way";
      for (Map.Entry<String, List<String>> group : inTheWay.entrySet()) {
        field(label, files(group.getKey(), group.getValue()));
        label = "";
      }
      for (Map.Entry<Stay, Long> stayed : freed.evicted().stayed().entrySet()) {
        String blocks = Amounts.count(stayed.getValue(), "block stays", "blocks stay");
        field(label, blocks + " here: " + stayed.getKey().words());
        label = "";
      }
      unnamed(outcome);
    }
    check(outcome, "what is in the way is above");
  }

  private static String givenBack(Freed freed) {
    Evicted evicted = freed.evicted();
    String now =
        evicted.blocks() == 0
            ? "nothing now"
            : "%s: %s went from this machine, others have them"
                .formatted(
                    Amounts.size(evicted.bytes()),
                    Amounts.count(evicted.blocks(), "block", "blocks"));
    return freed.quarantined() == 0
        ? now
        : "%s; %s more when the originals leave the quarantine, in a minute or so"
            .formatted(now, Amounts.size(freed.quarantined()));
  }

  private static String files(String reason, List<String> files) {
    String more = files.size() == 1 ? files.getFirst() : "such as " + files.getFirst();
    return "%s: %s (%s)"
        .formatted(
            Amounts.count(files.size(), "file", "files"), Printable.of(reason), Printable.of(more));
  }

  private static void write(JsonGenerator json, Freed freed, Map<String, List<String>> inTheWay)
      throws IOException {
    write(json, freed.replaced());
    json.writeNumberField("givenBack", freed.evicted().bytes());
    json.writeNumberField("blocks", freed.evicted().blocks());
    json.writeNumberField("quarantined", freed.quarantined());
    Json.array(
        json,
        "inTheWay",
        items -> {
          write(items, inTheWay);
          for (Map.Entry<Stay, Long> stayed : freed.evicted().stayed().entrySet()) {
            Json.object(
                items,
                o -> {
                  Json.text(o, "reason", stayed.getKey().words());
                  o.writeNumberField("blocks", stayed.getValue());
                });
          }
        });
  }

  private String done(Outcome outcome) {
    return Amounts.count(outcome.files(), "file", "files")
        + " ("
        + Amounts.size(outcome.bytes())
        + ")";
  }

  private void field(String label, String text) throws IOException {
    String padded = label + " ".repeat(Math.max(1, LABEL - label.length()));
    call.line(Paragraph.wrapped(padded + text, call.terminal().width(), LABEL));
  }

  private void each(Outcome outcome) throws IOException {
    List<Problem> problems = outcome.problems();
    int shown = call.terminal().whole() ? problems.size() : Math.min(SHOWN, problems.size());
    for (Problem problem : problems.subList(0, shown)) {
      String subject = Printable.of(problem.subject());
      String text = Printable.of(problem.text());
      call.error(text.startsWith(subject) ? text : subject + ": " + text);
    }
    if (shown < problems.size()) {
      call.error("and %,d more; see them with: -v".formatted(outcome.failed() - shown));
    } else {
      unnamed(outcome);
    }
  }

  private void unnamed(Outcome outcome) throws IOException {
    long more = outcome.failed() - outcome.problems().size();
    if (more > 0) {
      call.error("and %,d more, which are not named".formatted(more));
    }
  }

  /** Files by what is in their way. */
  private static Map<String, List<String>> grouped(Outcome outcome) {
    Map<String, List<String>> groups = new LinkedHashMap<>();
    for (Problem problem : outcome.problems()) {
      groups.computeIfAbsent(problem.text(), text -> new ArrayList<>()).add(problem.subject());
    }
    return groups;
  }

  private static void write(JsonGenerator json, Outcome outcome) throws IOException {
    json.writeNumberField("files", outcome.files());
    json.writeNumberField("bytes", outcome.bytes());
    json.writeNumberField("failed", outcome.failed());
    Json.array(
        json,
        "problems",
        items -> {
          for (Problem problem : outcome.problems()) {
            Json.object(items, o -> CareRoutes.write(o, problem));
          }
        });
  }

  private static void write(JsonGenerator items, Map<String, List<String>> groups)
      throws IOException {
    for (Map.Entry<String, List<String>> group : groups.entrySet()) {
      Json.object(
          items,
          o -> {
            Json.text(o, "reason", group.getKey());
            o.writeNumberField("files", group.getValue().size());
          });
    }
  }

  private void check(Outcome outcome, String where) throws CommandException {
    if (outcome.failed() == 0) {
      return;
    }
    Failure only =
        outcome.failures().size() == 1
            ? outcome.failures().keySet().iterator().next()
            : Failure.FAILED;
    throw new CommandException(
        code(only),
        Amounts.count(outcome.failed(), "file was", "files were")
            + " not "
            + verb
            + "; "
            + where
            + (only == Failure.LATER ? ", and it may work later" : "")
            + ", and dotf why PATH explains each");
  }

  private static ExitCode code(Failure failure) {
    return switch (failure) {
      case LATER -> ExitCode.LATER;
      case ABSENT -> ExitCode.ABSENT;
      case REFUSED -> ExitCode.REFUSED;
      case FAILED -> ExitCode.FAILED;
    };
  }
}
