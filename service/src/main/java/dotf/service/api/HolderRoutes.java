package dotf.service.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dotf.agent.HolderDirectories;
import dotf.service.text.Amounts;
import dotf.service.text.Paragraph;
import dotf.service.text.Printable;
import dotf.service.text.Table;
import dotf.service.text.Table.Column;
import java.io.IOException;
import java.util.List;

/** Directories that hold blocks: {@code holder add list remove}. */
public final class HolderRoutes {
  private static final int SHORT_ID = 8;

  private final HolderDirectories directories;

  private HolderRoutes(HolderDirectories directories) {
    this.directories = directories;
  }

  /** Adds the routes. */
  public static void add(Routes routes, HolderDirectories directories) {
    HolderRoutes holders = new HolderRoutes(directories);
    routes.get("holders", holders::list);
    routes.get("holders/preview", holders::preview);
    routes.post("holders", holders::add);
    routes.get("holders/removal", holders::removal);
    routes.post("holders/remove", holders::remove);
  }

  private void list(Call call) throws IOException {
    List<HolderDirectories.Row> rows = directories.look();
    if (call.json()) {
      call.document(
          json ->
              Json.array(
                  json,
                  "holders",
                  items -> {
                    for (HolderDirectories.Row row : rows) {
                      Json.object(items, o -> write(o, row));
                    }
                  }));
      return;
    }
    if (rows.isEmpty()) {
      call.note("no directory holds blocks; have one on another disk do so: dotf holder add DIR");
      return;
    }
    boolean whole = call.terminal().whole();
    Table table =
        new Table(
            call.text(),
            call.terminal(),
            Column.left("HOLDER", whole ? 64 : SHORT_ID),
            Column.left("STATE", 5),
            Column.right("BLOCKS", 9),
            Column.right("WRITTEN", 8),
            Column.right("FREE", 8),
            Column.left("DIRECTORY", 0));
    for (HolderDirectories.Row row : rows) {
      table.row(
          whole ? row.id().toString() : row.id().brief(),
          row.reachable() ? "there" : "away",
          "%,d".formatted(row.blocks()),
          Amounts.size(row.bytes()),
          row.freeBytes() < 0 ? "?" : Amounts.size(row.freeBytes()),
          Printable.of(row.path().toString()));
    }
    for (HolderDirectories.Row row : rows) {
      if (row.problem() != null) {
        call.note(Printable.of(row.problem()));
      }
    }
  }

  private void preview(Call call) throws IOException {
    HolderDirectories.Preview preview = directories.preview(call.path(call.required("path")));
    call.line(Printable.of(preview.path().toString()));
    paragraph(
        call,
        "sealed blocks are copied to dotf-blocks in it, which nobody can read without your phrase"
            + (preview.known()
                ? "; blocks of dotf are there already, and what is whole stays"
                : ""));
    paragraph(
        call,
        "to send now: at most %s (%s); room there: %s%s"
            .formatted(
                Amounts.size(preview.bytes()),
                Amounts.count(preview.blocks(), "block", "blocks"),
                Amounts.size(preview.room()),
                preview.bytes() > preview.room() ? "; what does not fit waits" : ""));
    if (preview.warning() != null) {
      paragraph(call, "but " + Printable.of(preview.warning()));
    }
  }

  private void add(Call call) throws IOException {
    HolderDirectories.Row row =
        directories.add(call.path(call.required("path")), call.flag("knowingly"));
    if (call.json()) {
      call.document(json -> write(json, row));
    } else {
      call.line(
          "%s is a holder now, as %s"
              .formatted(Printable.of(row.path().toString()), row.id().brief()));
    }
  }

  private void removal(Call call) throws IOException {
    say(call, directories.removal(call.required("holder")));
  }

  private void remove(Call call) throws IOException {
    HolderDirectories.Removal removed =
        directories.remove(call.required("holder"), call.flag("knowingly"));
    if (call.json()) {
      call.document(
          json -> {
            Json.text(json, "id", removed.holder().id());
            Json.text(json, "path", removed.holder().path());
            json.writeNumberField("fewer", removed.fewer());
            json.writeNumberField("onlyThere", removed.onlyThere());
          });
    } else {
      call.line(Printable.of(removed.holder().path().toString()) + " is no holder any more");
    }
  }

  private static void say(Call call, HolderDirectories.Removal removal) throws IOException {
    call.line(Printable.of(removal.holder().path().toString()));
    paragraph(
        call,
        "it does not count as a copy any more; what is in it stays there, and may be deleted by"
            + " hand once no other device uses it");
    paragraph(
        call,
        removal.fewer() == 0
            ? "every block has %s without it"
                .formatted(Amounts.count(removal.copies(), "other copy", "other copies"))
            : "%s then %s fewer copies than the %d asked for, until others took them"
                .formatted(
                    Amounts.count(removal.fewer(), "block", "blocks"),
                    removal.fewer() == 1 ? "has" : "have",
                    removal.copies()));
    if (removal.onlyThere() > 0) {
      paragraph(
          call,
          "%s there and nowhere else"
              .formatted(Amounts.count(removal.onlyThere(), "block is", "blocks are")));
    }
  }

  private static void paragraph(Call call, String text) throws IOException {
    call.line(Paragraph.wrapped("  " + text, call.terminal().width(), 4));
  }

  private static void write(JsonGenerator json, HolderDirectories.Row row) throws IOException {
    Json.text(json, "id", row.id());
    Json.text(json, "path", row.path());
    json.writeBooleanField("reachable", row.reachable());
    json.writeNumberField("blocks", row.blocks());
    json.writeNumberField("bytes", row.bytes());
    if (row.freeBytes() < 0) {
      json.writeNullField("freeBytes");
    } else {
      json.writeNumberField("freeBytes", row.freeBytes());
    }
    Json.text(json, "problem", row.problem());
  }
}
