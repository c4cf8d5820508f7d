package dotf.service.api;

import dotf.agent.Agent;
import dotf.agent.Explanation;
import dotf.agent.FileRow;
import dotf.agent.FolderStatus;
import dotf.agent.Outcome;
import dotf.agent.Progress;
import dotf.agent.catalog.FileState;
import dotf.chunker.block.BlockAddress;
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
import java.util.ArrayList;
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
      call.document(
          json ->
              Json.array(
                  json,
                  "files",
                  items ->
                      agent.files(
                          under, Sinks.checked(row -> Json.object(items, o -> write(o, row))))));
      return;
    }
    List<Column> columns =
        new ArrayList<>(
            List.of(Column.left("STATE", 9), Column.right("SIZE", 8), Column.right("COPIES", 6)));
    if (call.terminal().verbose()) {
      columns.add(Column.left("HASH", 2 * BlockAddress.BYTES));
    }
    columns.add(Column.left("FILE", 0));
    Table table = new Table(call.text(), call.terminal(), columns.toArray(Column[]::new));
    // A person reads names below their folder's; a script gets each path whole.
    boolean headed = under == null && call.terminal().interactive();
    List<Path> folders = agent.folders().stream().map(FolderStatus::path).toList();
    Path[] heading = new Path[1];
    agent.files(
        under,
        Sinks.checked(
            row -> {
              Path folder = headed ? around(folders, row.path()) : under;
              if (headed && folder != null && !folder.equals(heading[0])) {
                heading[0] = folder;
                call.line(Printable.of(folder + ":"));
              }
              table.row(cells(call, row, label(call, table, row, folder)));
            }));
    if (table.isEmpty()) {
      call.note(none(under));
    }
  }

  private String none(@Nullable Path under) {
    if (under != null) {
      return "no files below " + Printable.of(under.toString());
    }
    return agent.folders().isEmpty()
        ? "no files yet; watch a folder with: dotf add FOLDER"
        : "no files yet; put one into a folder (see dotf folders)";
  }

  private static @Nullable Path around(List<Path> folders, Path file) {
    return folders.stream().filter(file::startsWith).findFirst().orElse(null);
  }

  private static String[] cells(Call call, FileRow row, String label) {
    List<String> cells =
        new ArrayList<>(
            List.of(row.state().word(), Amounts.size(row.size()), Integer.toString(row.copies())));
    if (call.terminal().verbose()) {
      cells.add(row.hash() == null ? "-" : row.hash().toString());
    }
    cells.add(label);
    return cells.toArray(String[]::new);
  }

  /** The name, and for a person the reason beside it: the name gives way first. */
  private static String label(Call call, Table table, FileRow row, @Nullable Path under) {
    String name = Printable.of(relative(row.path(), under));
    if (row.reason() == null) {
      return name;
    }
    String reason = Printable.of(row.reason());
    if (call.terminal().whole()) {
      return name + "  (" + reason + ")";
    }
    int room = table.rest();
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
      call.document(
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
    field(call, "copies", Amounts.count(row.copies(), "other holder", "other holders"));
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
    new Report(call, "restored").of(outcome);
  }

  private void open(Call call) throws IOException {
    List<Path> opened = new ArrayList<>();
    for (Path path : paths(call)) {
      Path file = original(path);
      if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        Outcome outcome = agent.restore(List.of(path), null, progress(call, "restoring"));
        if (outcome.failed() > 0) {
          new Report(call, "restored").of(outcome);
        }
      }
      opened.add(file);
      call.open(file);
    }
    if (call.json()) {
      call.document(
          json ->
              Json.array(
                  json,
                  "files",
                  items -> {
                    for (Path file : opened) {
                      items.writeString(file.toString());
                    }
                  }));
    }
  }

  private void free(Call call) throws IOException {
    new Report(call, "replaced").of(agent.free(paths(call), progress(call, "freeing")));
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
