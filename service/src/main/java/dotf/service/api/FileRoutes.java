package dotf.service.api;

import dotf.agent.Agent;
import dotf.agent.Explanation;
import dotf.agent.FileRow;
import dotf.agent.Outcome;
import dotf.agent.Problem;
import dotf.agent.Progress;
import dotf.agent.catalog.FileState;
import dotf.service.text.Amounts;
import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import dotf.service.text.Paragraph;
import dotf.service.text.Printable;
import dotf.service.text.ProgressLine;
import dotf.service.text.Table;
import dotf.service.text.Table.Column;
import dotf.service.text.Terminal.Style;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Files: {@code ls why restore open free cat}. */
public final class FileRoutes {
  private static final int REASON_LEAST = 24;

  private final Agent agent;
  private final InstantSource clock;

  private FileRoutes(Agent agent, InstantSource clock) {
    this.agent = agent;
    this.clock = clock;
  }

  /** Adds the routes. */
  public static void add(Routes routes, Agent agent, InstantSource clock) {
    FileRoutes files = new FileRoutes(agent, clock);
    routes.get("files", files::list);
    routes.get("why", files::why);
    routes.get("content", files::content);
    routes.post("restore", files::restore);
    routes.post("open", files::open);
    routes.post("free", files::free);
  }

  private void list(Call call) throws IOException {
    Path under = call.optionalPath("path");
    if (call.json()) {
      Json.document(
          call.output(),
          json ->
              Json.array(
                  json,
                  "files",
                  items ->
                      agent.files(
                          under, Sinks.checked(row -> Json.object(items, o -> write(o, row))))));
      return;
    }
    Table table =
        new Table(
            call.text(),
            call.terminal(),
            Column.left("STATE", 9),
            Column.right("SIZE", 8),
            Column.right("COPIES", 6),
            Column.left("FILE", 0));
    agent.files(
        under,
        Sinks.checked(
            row ->
                table.row(
                    row.state().word(),
                    Amounts.size(row.size()),
                    Integer.toString(row.copies()),
                    label(call, table.rest(), row, under))));
    if (table.isEmpty()) {
      call.note(under == null ? "no files yet; watch a folder with: dotf add FOLDER" : "no files");
    }
  }

  /** The name, and for a person the reason beside it: the name gives way first. */
  private static String label(Call call, int room, FileRow row, @Nullable Path under) {
    String name = Printable.of(relative(row.path(), under));
    if (row.reason() == null) {
      return name;
    }
    String reason = Printable.of(row.reason());
    if (!call.terminal().interactive()) {
      return name + "  (" + reason + ")";
    }
    int forReason = Math.min(Printable.columns(reason) + 4, Math.max(REASON_LEAST, room / 2));
    String shown = Printable.shortened(name, room - forReason);
    int left = room - Printable.columns(shown) - 4;
    return shown + "  (" + Printable.clipped(reason, left) + ")";
  }

  private static String relative(Path path, @Nullable Path under) {
    return under == null || under.equals(path) || !path.startsWith(under)
        ? path.toString()
        : under.relativize(path).toString();
  }

  private void why(Call call) throws IOException {
    Explanation why = agent.why(call.path(call.required("path")));
    FileRow row = why.row();
    if (call.json()) {
      Json.document(
          call.output(),
          json -> {
            write(json, row);
            Json.text(json, "rule", why.rule());
            Json.text(json, "waitsFor", why.waitsFor());
            Json.text(json, "when", why.when());
          });
      return;
    }
    Style style = row.state() == FileState.CONFLICT ? Style.BAD : Style.BOLD;
    call.line(Printable.of(row.path().toString()));
    field(call, "state", call.terminal().styled(style, row.state().word()));
    field(call, "because", why.rule());
    field(call, "waits for", why.waitsFor());
    field(call, "changes", why.when());
    field(
        call,
        "size",
        Amounts.size(row.size())
            + (row.stubSize() > 0 ? ", stub " + Amounts.size(row.stubSize()) : ""));
    field(call, "copies", Amounts.count(row.copies(), "other node", "other nodes"));
    field(call, "hash", row.hash() == null ? "none yet: not stored" : row.hash().toString());
  }

  private static void field(Call call, String name, @Nullable String value) throws IOException {
    if (value != null) {
      String line =
          "  %-10s %s".formatted(name, value.contains("\u001b") ? value : Printable.of(value));
      call.line(Paragraph.wrapped(line, call.terminal().width(), 13));
    }
  }

  private void content(Call call) throws IOException {
    Path path = call.path(call.required("path"));
    long from = call.number("from", 0);
    long to = call.number("to", Long.MAX_VALUE);
    if (from < 0 || to < from) {
      throw new CommandException(
          ExitCode.USAGE, "a range is FROM-TO in bytes, FROM not after TO; TO is not included");
    }
    agent.cat(path, from, to, call.output());
  }

  private void restore(Call call) throws IOException {
    Path to = call.optionalPath("to");
    Progress progress = progress(call, "restoring");
    Outcome outcome =
        call.flag("all")
            ? agent.restoreAll(to, progress)
            : agent.restore(paths(call), to, progress);
    report(call, "restored", outcome);
  }

  private void open(Call call) throws IOException {
    for (Path path : paths(call)) {
      Path file = original(path);
      if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        Outcome outcome = agent.restore(List.of(path), null, progress(call, "restoring"));
        if (outcome.failed() > 0) {
          report(call, "restored", outcome);
        }
      }
      call.open(file);
    }
  }

  private void free(Call call) throws IOException {
    report(call, "replaced", agent.free(paths(call), progress(call, "freeing")));
  }

  /** The file that a stub's name stands for; any other name is its own. */
  private static Path original(Path path) {
    String name = String.valueOf(path.getFileName());
    return name.endsWith(".f") && name.length() > 2
        ? path.resolveSibling(name.substring(0, name.length() - 2))
        : path;
  }

  private static List<Path> paths(Call call) throws CommandException {
    List<Path> paths = call.paths("path");
    if (paths.isEmpty()) {
      throw new CommandException(ExitCode.USAGE, "name at least one file or directory");
    }
    return paths;
  }

  private Progress progress(Call call, String verb) {
    return progress(call, verb, clock);
  }

  static Progress progress(Call call, String verb, InstantSource clock) {
    ProgressLine line = new ProgressLine(verb, clock);
    return (filesDone, files, bytesDone, bytes) ->
        call.progress(line.at(filesDone, files, bytesDone, bytes));
  }

  /** Says what came of it; anything that was not done makes the command fail. */
  static void report(Call call, String verb, Outcome outcome) throws IOException {
    if (call.json()) {
      Json.document(
          call.output(),
          json -> {
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
          });
    } else {
      call.line(
          verb
              + " "
              + Amounts.count(outcome.files(), "file", "files")
              + " ("
              + Amounts.size(outcome.bytes())
              + ")");
      for (Problem problem : outcome.problems()) {
        call.note(Printable.of(problem.subject()) + ": " + Printable.of(problem.text()));
      }
    }
    if (outcome.failed() > 0) {
      throw new CommandException(
          ExitCode.FAILED,
          Amounts.count(outcome.failed(), "file was", "files were")
              + " not "
              + verb
              + "; the reasons are above, and dotf why PATH explains each");
    }
  }

  private static void write(com.fasterxml.jackson.core.JsonGenerator json, FileRow row)
      throws IOException {
    Json.text(json, "path", row.path());
    json.writeStringField("state", row.state().word());
    json.writeNumberField("size", row.size());
    json.writeNumberField("stubSize", row.stubSize());
    Json.text(json, "hash", row.hash());
    json.writeNumberField("copies", row.copies());
    Json.text(json, "reason", row.reason());
  }
}
