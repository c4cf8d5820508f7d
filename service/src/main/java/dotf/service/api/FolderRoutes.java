package dotf.service.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dotf.agent.AddPreview;
import dotf.agent.Agent;
import dotf.agent.FolderStatus;
import dotf.agent.Removal;
import dotf.agent.Removed;
import dotf.agent.Settlement;
import dotf.service.text.Amounts;
import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import dotf.service.text.Paragraph;
import dotf.service.text.Printable;
import dotf.service.text.Table;
import dotf.service.text.Table.Column;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** Folders: {@code add remove folders wait}. */
public final class FolderRoutes {
  private static final String EMPTY =
      "empty; a file that is put there becomes a stub as soon as that is safe";
  private static final String EMPTY_KEPT =
      "empty; a file that is put there is stored and sent, never replaced";

  private final Agent agent;
  private final InstantSource clock;

  private FolderRoutes(Agent agent, InstantSource clock) {
    this.agent = agent;
    this.clock = clock;
  }

  /** Adds the routes. */
  public static void add(Routes routes, Agent agent, InstantSource clock) {
    FolderRoutes folders = new FolderRoutes(agent, clock);
    routes.get("folders", folders::list);
    routes.get("preview", folders::preview);
    routes.post("folders", folders::add);
    routes.get("wait", folders::await);
    routes.post("remove", folders::remove);
  }

  private void list(Call call) throws IOException {
    List<FolderStatus> folders = agent.folders();
    if (call.json()) {
      call.document(json -> Json.array(json, "folders", items -> write(items, folders)));
      return;
    }
    if (folders.isEmpty()) {
      call.note("no folder is watched yet; watch one with: dotf add FOLDER");
      return;
    }
    Table table =
        new Table(
            call.text(),
            call.terminal(),
            Column.right("FILES", 9),
            Column.right("STUBS", 9),
            Column.right("PENDING", 8),
            Column.right("LINGERING", 9),
            Column.right("SKIPPED", 8),
            Column.left("FOLDER", 0));
    for (FolderStatus folder : folders) {
      table.row(
          "%,d".formatted(folder.files()),
          "%,d".formatted(folder.stubs()),
          "%,d".formatted(folder.pending()),
          "%,d".formatted(folder.lingering()),
          "%,d".formatted(folder.skipped()),
          Printable.of(folder.path().toString()) + (folder.keep() ? " (keep)" : ""));
      if (folder.problem() != null) {
        call.note(Printable.of(folder.problem()));
      }
    }
  }

  private void preview(Call call) throws IOException {
    boolean keep = call.flag("keep");
    AddPreview preview = agent.previewAdd(call.path(call.required("path")), keep);
    if (call.json()) {
      call.document(json -> write(json, preview));
      return;
    }
    call.line(Printable.of(preview.folder().toString()));
    if (preview.files() == 0) {
      paragraph(call, keep ? EMPTY_KEPT : EMPTY);
      return;
    }
    paragraph(
        call,
        "%s, %s"
            .formatted(
                Amounts.count(preview.files(), "file", "files"), Amounts.size(preview.bytes())));
    paragraph(
        call,
        keep
            ? "none will become a stub: they are stored and sent, never replaced"
            : "%s will become %s, the others are stored and stay"
                .formatted(
                    Amounts.count(preview.stubs(), "file", "files"),
                    preview.stubs() == 1 ? "a stub" : "stubs"));
    paragraph(
        call,
        preview.copiesAt() == 0
            ? "copies: on this machine only; nobody else is in the group yet (dotf invite)"
            : "copies: here and with "
                + Amounts.count(preview.copiesAt(), "other holder", "other holders"));
    paragraph(
        call,
        "space: at most %s needed, %s free above the reserve%s"
            .formatted(
                Amounts.size(preview.needed()),
                Amounts.size(preview.available()),
                preview.needed() > preview.available()
                    ? "; what does not fit at once goes in waves or waits"
                    : ""));
  }

  private void add(Call call) throws IOException {
    Path folder = call.path(call.required("path"));
    boolean known = agent.folders().stream().anyMatch(each -> each.path().equals(folder));
    agent.addFolder(folder, call.flag("keep"), call.flag("trashMissing"));
    if (call.json()) {
      call.document(json -> Json.text(json, "path", folder));
    } else {
      call.line((known ? "still watching " : "watching ") + Printable.of(folder.toString()));
    }
  }

  private void remove(Call call) throws IOException {
    Path folder = call.path(call.required("path"));
    Removal how =
        switch (call.optional("stubs")) {
          case null -> Removal.ONLY_WITHOUT_STUBS;
          case "restore" -> Removal.RESTORE;
          case "leave" -> Removal.LEAVE_STUBS;
          default -> throw new CommandException(ExitCode.USAGE, "stubs takes restore or leave");
        };
    Removed removed =
        agent.removeFolder(folder, how, FileRoutes.progress(call, "restoring", clock));
    if (!call.json() && removed.removed()) {
      call.line("no longer watching " + Printable.of(removed.folder().toString()));
      if (removed.stubs() > 0) {
        call.line(
            Amounts.count(removed.stubs(), "stub is", "stubs are")
                + " left; bring files back with: dotf restore");
      }
      if (removed.note() != null) {
        call.note(Printable.of(removed.note()));
      }
      if (removed.restored().files() == 0) {
        return;
      }
    }
    new Report(call, "restored")
        .of(
            removed.restored(),
            json -> {
              Json.text(json, "path", removed.folder());
              json.writeBooleanField("removed", removed.removed());
              json.writeNumberField("stubs", removed.stubs());
              Json.text(json, "note", removed.note());
            });
  }

  /** Waits in slices, so that it hears when its client has gone. */
  private void await(Call call) throws IOException, InterruptedException {
    Duration timeout = Duration.ofMillis(call.number("millis", 60_000));
    Settlement last =
        agent.await(
            timeout,
            now -> {
              call.checkConnected();
              if (!now.settled()) {
                call.progress(sentence(now));
              }
            });
    if (call.json()) {
      call.document(
          json -> {
            json.writeBooleanField("settled", last.settled());
            json.writeNumberField("pending", last.pending());
            json.writeNumberField("waiting", last.waiting());
            Json.text(json, "reason", last.reason());
          });
    }
    if (!last.settled()) {
      throw new CommandException(ExitCode.LATER, sentence(last) + "; see dotf ls");
    }
  }

  private static String sentence(Settlement now) {
    long files = now.pending() + now.waiting();
    String reason = now.reason() == null ? "" : Printable.of(now.reason());
    if (files == 0) {
      return reason.isEmpty() ? "looking at what changed" : reason;
    }
    return reason.isEmpty()
        ? Amounts.count(files, "file is", "files are") + " not done"
        : "not done: " + reason;
  }

  private static void paragraph(Call call, String text) throws IOException {
    call.line(Paragraph.wrapped("  " + text, call.terminal().width(), 4));
  }

  static void write(JsonGenerator json, List<FolderStatus> folders) throws IOException {
    for (FolderStatus folder : folders) {
      Json.object(
          json,
          o -> {
            Json.text(o, "path", folder.path());
            o.writeBooleanField("keep", folder.keep());
            o.writeNumberField("files", folder.files());
            o.writeNumberField("stubs", folder.stubs());
            o.writeNumberField("pending", folder.pending());
            o.writeNumberField("lingering", folder.lingering());
            o.writeNumberField("skipped", folder.skipped());
            Json.text(o, "problem", folder.problem());
          });
    }
  }

  private static void write(JsonGenerator json, AddPreview preview) throws IOException {
    Json.text(json, "path", preview.folder());
    json.writeNumberField("files", preview.files());
    json.writeNumberField("bytes", preview.bytes());
    json.writeNumberField("stubs", preview.stubs());
    json.writeNumberField("copiesAt", preview.copiesAt());
    json.writeNumberField("needed", preview.needed());
    json.writeNumberField("available", preview.available());
  }
}
