package dotf.service.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dotf.agent.Agent;
import dotf.agent.LastBurst;
import dotf.agent.TrashRow;
import dotf.agent.WayBackOutcome;
import dotf.agent.WayBackOutcome.Renamed;
import dotf.service.text.Amounts;
import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import dotf.service.text.Printable;
import dotf.service.text.Table;
import dotf.service.text.Table.Column;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** The way back: {@code trash undelete undo}. */
public final class WayBackRoutes {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm");

  private final Agent agent;
  private final InstantSource clock;

  private WayBackRoutes(Agent agent, InstantSource clock) {
    this.agent = agent;
    this.clock = clock;
  }

  /** Adds the routes. */
  public static void add(Routes routes, Agent agent, InstantSource clock) {
    WayBackRoutes way = new WayBackRoutes(agent, clock);
    routes.get("trash", way::trash);
    routes.post("undelete", way::undelete);
    routes.get("undo", way::preview);
    routes.post("undo", way::undo);
  }

  private void trash(Call call) throws IOException {
    Path under = call.optionalPath("path");
    if (call.json()) {
      call.document(
          json ->
              Json.array(
                  json,
                  "files",
                  items ->
                      agent.trash(
                          under, Sinks.checked(row -> Json.object(items, o -> write(o, row))))));
      return;
    }
    Table table =
        new Table(
            call.text(),
            call.terminal(),
            Column.left("DELETED", 16),
            Column.left("GOES FOR GOOD", 16),
            Column.right("SIZE", 8),
            Column.left("FILE", 0));
    agent.trash(
        under,
        Sinks.checked(
            row ->
                table.row(
                    time(row.deleted()),
                    time(row.until()),
                    Amounts.size(row.size()),
                    Printable.of(row.path().toString()))));
    if (table.isEmpty()) {
      call.note("the trash is empty");
    }
  }

  private static String time(Instant at) {
    return TIME.withZone(ZoneId.systemDefault()).format(at);
  }

  private void undelete(Call call) throws IOException {
    List<Path> paths = call.paths("path");
    if (paths.isEmpty()) {
      throw new CommandException(ExitCode.USAGE, "name at least one deleted file or directory");
    }
    report(call, agent.undelete(paths, FileRoutes.progress(call, "bringing back", clock)));
  }

  private void undo(Call call) throws IOException {
    report(call, agent.undo(FileRoutes.progress(call, "bringing back", clock)));
  }

  private static void report(Call call, WayBackOutcome back) throws IOException {
    if (!call.json()) {
      for (Renamed renamed : back.renamed()) {
        String path = Printable.of(renamed.path().toString());
        String name = Printable.of(String.valueOf(renamed.name().getFileName()));
        call.note(
            renamed.kept()
                ? path + ": what had this name is kept as \"" + name + "\""
                : path + ": this name is taken, so it is back as \"" + name + "\"");
      }
    }
    new Report(call, "brought back")
        .of(
            back.outcome(),
            json ->
                Json.array(
                    json,
                    "renamed",
                    items -> {
                      for (Renamed renamed : back.renamed()) {
                        Json.object(items, o -> write(o, renamed));
                      }
                    }));
  }

  private void preview(Call call) throws IOException {
    LastBurst burst = agent.lastBurst();
    if (call.json()) {
      call.document(json -> write(json, burst));
      return;
    }
    Table table =
        new Table(
            call.text(),
            call.terminal(),
            Column.left("WHAT", 9),
            Column.left("WHEN", 16),
            Column.right("SIZE", 8),
            Column.left("FILE", 0));
    for (LastBurst.Lost file : burst.files()) {
      table.row(
          file.deleted() ? "deleted" : "rewritten",
          time(file.at()),
          Amounts.size(file.size()),
          Printable.of(file.path().toString()));
    }
    call.note(
        "dotf undo would bring back "
            + Amounts.count(burst.files().size(), "file", "files")
            + (burst.held() ? ", whose changes are held" : ""));
  }

  private static void write(JsonGenerator json, TrashRow row) throws IOException {
    Json.text(json, "path", row.path());
    json.writeNumberField("size", row.size());
    Json.text(json, "hash", row.hash());
    Json.time(json, "deleted", row.deleted());
    Json.time(json, "until", row.until());
  }

  private static void write(JsonGenerator json, Renamed renamed) throws IOException {
    Json.text(json, "path", renamed.path());
    Json.text(json, "name", renamed.name());
    json.writeBooleanField("kept", renamed.kept());
  }

  private static void write(JsonGenerator json, LastBurst burst) throws IOException {
    Json.time(json, "from", burst.from());
    Json.time(json, "to", burst.to());
    json.writeBooleanField("held", burst.held());
    Json.array(
        json,
        "files",
        items -> {
          for (LastBurst.Lost file : burst.files()) {
            Json.object(
                items,
                o -> {
                  Json.text(o, "path", file.path());
                  o.writeBooleanField("deleted", file.deleted());
                  o.writeNumberField("size", file.size());
                  Json.time(o, "at", file.at());
                });
          }
        });
  }
}
