package dotf.service.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dotf.agent.Agent;
import dotf.agent.Holding;
import dotf.agent.NotFoundException;
import dotf.agent.PinRow;
import dotf.chunker.block.BlockAddress;
import dotf.service.text.Amounts;
import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import dotf.service.text.Printable;
import dotf.service.text.Table;
import dotf.service.text.Table.Column;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Hashes and who holds them: {@code pins pin unpin where}. */
public final class PinRoutes {
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{8,64}");
  private static final int SHORT_HASH = 12;
  private static final int SHORT_NODE = 8;

  private final Agent agent;

  private PinRoutes(Agent agent) {
    this.agent = agent;
  }

  /** Adds the routes. */
  public static void add(Routes routes, Agent agent) {
    PinRoutes pins = new PinRoutes(agent);
    routes.get("pins", pins::list);
    routes.post("pin", pins::pin);
    routes.post("unpin", pins::unpin);
    routes.get("where", pins::where);
  }

  private void list(Call call) throws IOException {
    boolean blocks = call.flag("blocks");
    if (call.json()) {
      call.document(
          json ->
              Json.array(
                  json,
                  "pins",
                  items ->
                      agent.pins(
                          blocks,
                          Sinks.checked(row -> Json.object(items, o -> write(o, row, blocks))))));
      return;
    }
    boolean whole = call.terminal().whole();
    Table table =
        new Table(
            call.text(),
            call.terminal(),
            Column.left("HASH", whole ? 2 * BlockAddress.BYTES : SHORT_HASH),
            Column.left("KIND", blocks ? 8 : 4),
            Column.right("SIZE", 8),
            Column.right("BLOCKS", 6),
            Column.right("COPIES", 6),
            Column.left("NAME", 0));
    agent.pins(blocks, Sinks.checked(row -> rows(table, row, whole)));
    if (table.isEmpty()) {
      call.note("nothing is pinned yet; every stored file will be");
    }
  }

  private static void rows(Table table, PinRow row, boolean whole) throws IOException {
    table.row(
        shown(row.hash(), whole),
        kind(row),
        Amounts.size(row.size()),
        Long.toString(row.blocks()),
        Integer.toString(row.copies()),
        Printable.of(row.name()));
    for (PinRow.Block block : row.blockList()) {
      table.row(
          shown(block.hash(), whole),
          block.size() == 0 ? "manifest" : "block",
          block.size() == 0 ? "" : Amounts.size(block.size()),
          "",
          Integer.toString(block.copies()),
          String.join(" ", block.holders().stream().map(node -> shown(node, whole)).toList()));
    }
  }

  private void pin(Call call) throws IOException {
    Path path = call.optionalPath("path");
    PinRow row = path == null ? agent.pin(hash(call)) : agent.pin(path);
    if (call.json()) {
      call.document(json -> write(json, row, false));
    } else {
      call.line(
          "pinned "
              + shown(row.hash(), call.terminal().whole())
              + " ("
              + Amounts.size(row.size())
              + ", "
              + Printable.of(row.name())
              + ")");
    }
  }

  private void unpin(Call call) throws IOException {
    BlockAddress hash = hash(call);
    agent.unpin(hash);
    if (call.json()) {
      call.document(json -> Json.text(json, "hash", hash));
    } else {
      call.line("unpinned " + shown(hash, call.terminal().whole()));
    }
  }

  private void where(Call call) throws IOException {
    Holding holding = holding(call);
    if (call.json()) {
      call.document(json -> write(json, holding));
      return;
    }
    boolean whole = call.terminal().whole();
    call.line(holding.path() == null ? "pinned" : Printable.of(holding.path().toString()));
    call.line("  hash    " + holding.hash());
    call.line(
        "  blocks  "
            + Amounts.count(holding.blocks(), "block", "blocks")
            + (holding.here() ? ", all of them here" : ", not all of them here"));
    call.line("  copies  " + Amounts.count(holding.copies(), "other holder", "other holders"));
    if (holding.holders().isEmpty()) {
      return;
    }
    call.line("");
    Table table =
        new Table(
            call.text(),
            call.terminal(),
            Column.right("BLOCKS", 7),
            Column.left("LAST PROVED", 17),
            Column.left("HOLDER", 0));
    for (Holding.Holder holder : holding.holders()) {
      table.row(
          Long.toString(holder.blocks()),
          proved(holder.lastProved()),
          holder.directory() == null
              ? shown(holder.node(), whole)
              : Printable.of(holder.directory().toString()));
    }
  }

  private Holding holding(Call call) throws IOException {
    Path path = call.optionalPath("path");
    if (path != null) {
      return agent.where(path);
    }
    PinRow row = pinned(checked(call.required("hash")));
    return row.kind() == PinRow.Kind.FILE
        ? agent.where(Path.of(row.name()))
        : agent.where(row.hash());
  }

  private static String proved(@Nullable Instant time) {
    return time == null
        ? "never"
        : time.truncatedTo(ChronoUnit.MINUTES).toString().replace('T', ' ').replace(":00Z", "Z");
  }

  private static void write(JsonGenerator json, PinRow row, boolean blocks) throws IOException {
    Json.text(json, "hash", row.hash());
    json.writeStringField("kind", kind(row));
    json.writeStringField("name", row.name());
    json.writeNumberField("size", row.size());
    json.writeNumberField("blocks", row.blocks());
    json.writeNumberField("copies", row.copies());
    Json.time(json, "lastProved", row.lastProved());
    if (blocks) {
      Json.array(
          json,
          "blockList",
          items -> {
            for (PinRow.Block block : row.blockList()) {
              Json.object(items, o -> write(o, block));
            }
          });
    }
  }

  private static void write(JsonGenerator json, PinRow.Block block) throws IOException {
    Json.text(json, "hash", block.hash());
    json.writeNumberField("size", block.size());
    json.writeNumberField("copies", block.copies());
    Json.array(
        json,
        "holders",
        items -> {
          for (String node : block.holders()) {
            items.writeString(node);
          }
        });
  }

  private static void write(JsonGenerator json, Holding holding) throws IOException {
    Json.text(json, "path", holding.path());
    Json.text(json, "hash", holding.hash());
    json.writeNumberField("copies", holding.copies());
    json.writeBooleanField("here", holding.here());
    json.writeNumberField("blocks", holding.blocks());
    Json.array(
        json,
        "holders",
        items -> {
          for (Holding.Holder holder : holding.holders()) {
            Json.object(
                items,
                o -> {
                  o.writeStringField("node", holder.node());
                  o.writeNumberField("blocks", holder.blocks());
                  Json.time(o, "lastProved", holder.lastProved());
                  Json.text(o, "directory", holder.directory());
                });
          }
        });
  }

  /** The hash whose digits, or first digits, were given. */
  private BlockAddress hash(Call call) throws IOException {
    String text = checked(call.required("hash"));
    return text.length() == 2 * BlockAddress.BYTES ? BlockAddress.parse(text) : pinned(text).hash();
  }

  /** The one pin whose hash begins so; of a file's pin and the user's own, the file's. */
  private PinRow pinned(String digits) throws IOException {
    Map<BlockAddress, PinRow> found = new LinkedHashMap<>();
    agent.pins(
        false,
        row -> {
          if (found.size() < 2 && row.hash().toString().startsWith(digits)) {
            found.putIfAbsent(row.hash(), row);
          }
        });
    if (found.isEmpty()) {
      throw new NotFoundException(
          "no pinned hash begins with " + digits + "; list them with: dotf pins");
    }
    if (found.size() > 1) {
      throw new CommandException(
          ExitCode.USAGE, "several pinned hashes begin with " + digits + "; give more digits");
    }
    return found.values().iterator().next();
  }

  private static String checked(String text) throws CommandException {
    String digits = text.toLowerCase(Locale.ROOT);
    if (!HASH.matcher(digits).matches()) {
      throw new CommandException(
          ExitCode.USAGE,
          "a hash is 64 digits of 0-9 and a-f, or its first 8 or more, not " + Printable.of(text));
    }
    return digits;
  }

  private static String kind(PinRow row) {
    return row.kind().name().toLowerCase(Locale.ROOT);
  }

  private static String shown(BlockAddress hash, boolean whole) {
    return whole ? hash.toString() : hash.toString().substring(0, SHORT_HASH);
  }

  private static String shown(String node, boolean whole) {
    return whole ? node : node.substring(0, Math.min(SHORT_NODE, node.length()));
  }
}
