package dotf.service.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dotf.agent.Agent;
import dotf.agent.AgentStatus;
import dotf.agent.FolderStatus;
import dotf.agent.HolderDirectories;
import dotf.dht.DhtNode;
import dotf.dht.Peer;
import dotf.dht.store.BlockStore;
import dotf.dht.store.StoreStats;
import dotf.service.text.Amounts;
import dotf.service.text.Printable;
import dotf.service.text.Terminal.Style;
import dotf.setup.Keyring;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** The agent as a whole: {@code status}, and stopping it. */
public final class AgentRoutes {
  private static final Path OWN_STATUS = Path.of("/proc/self/status");

  private final Agent agent;
  private final DhtNode node;
  private final BlockStore store;
  private final Keyring keyring;
  private final String version;
  private final Runnable stop;

  private AgentRoutes(
      Agent agent, DhtNode node, BlockStore store, Keyring keyring, String version, Runnable stop) {
    this.agent = agent;
    this.node = node;
    this.store = store;
    this.keyring = keyring;
    this.version = version;
    this.stop = stop;
  }

  /** Adds the routes. */
  public static void add(
      Routes routes,
      Agent agent,
      DhtNode node,
      BlockStore store,
      Keyring keyring,
      String version,
      Runnable stop) {
    AgentRoutes own = new AgentRoutes(agent, node, store, keyring, version, stop);
    routes.get("status", own::status);
    routes.post("stop", own::stop);
  }

  /**
   * Adds the route by which {@code start} tells where the agent listens.
   *
   * @param listening says so, in a sentence
   */
  public static void addPort(Routes routes, IntSupplier port, Supplier<String> listening) {
    routes.get(
        "port",
        call -> {
          if (call.json()) {
            call.document(json -> json.writeNumberField("port", port.getAsInt()));
          } else {
            call.line(listening.get());
          }
        });
  }

  /** Answers with the process's number, so that the caller can wait for its end. */
  private void stop(Call call) throws IOException {
    call.line(String.valueOf(ProcessHandle.current().pid()));
    call.afterwards(stop);
  }

  private void status(Call call) throws IOException {
    AgentStatus status = agent.status();
    if (call.json()) {
      call.document(json -> write(json, status));
    } else {
      print(call, status);
    }
  }

  private void write(JsonGenerator json, AgentStatus status) throws IOException {
    json.writeStringField("version", version);
    json.writeStringField("node", node.id().toString());
    json.writeStringField("group", node.group().id().toString());
    json.writeNumberField("port", node.port());
    json.writeBooleanField("settled", status.settled());
    json.writeBooleanField("paused", status.paused());
    Json.text(json, "pausedUntil", status.pausedUntil());
    Json.text(json, "held", status.held());
    Json.text(json, "waiting", status.waiting());
    Json.text(json, "notice", agent.notice());
    json.writeBooleanField("phraseConfirmed", keyring.phraseConfirmed());
    Json.array(json, "folders", items -> FolderRoutes.write(items, status.folders()));
    Json.object(
        json,
        "safety",
        o -> {
          o.writeNumberField("safe", status.safety().safe());
          o.writeNumberField("onlyHere", status.safety().onlyHere());
          o.writeNumberField("underway", status.safety().underway());
          o.writeNumberField("atRisk", status.safety().atRisk());
          o.writeNumberField("lost", status.safety().lost());
        });
    Json.object(
        json,
        "space",
        o -> {
          o.writeNumberField("originals", status.space().originals());
          o.writeNumberField("store", status.space().store());
          o.writeNumberField("hosted", status.space().hosted());
          o.writeNumberField("trash", status.space().trash());
          o.writeNumberField("givenBack", status.space().givenBack());
        });
    List<Peer> peers = node.peers();
    Json.object(
        json,
        "peers",
        o -> {
          o.writeNumberField("known", peers.size());
          o.writeNumberField("connected", peers.stream().filter(Peer::connected).count());
        });
    List<HolderDirectories.Row> holders = agent.directories().list();
    Json.object(
        json,
        "holders",
        o -> {
          o.writeNumberField("known", holders.size());
          o.writeNumberField(
              "reachable", holders.stream().filter(HolderDirectories.Row::reachable).count());
        });
    StoreStats stats = store.stats();
    Json.object(
        json,
        "store",
        o -> {
          o.writeNumberField("blocks", stats.blocks());
          o.writeNumberField("bytes", stats.bytes());
          o.writeNumberField("hostedBlocks", stats.hostedBlocks());
          o.writeNumberField("hostedBytes", stats.hostedBytes());
        });
    Json.object(
        json,
        "memory",
        o -> {
          o.writeNumberField("heapBytes", heap());
          o.writeNumberField("rssBytes", resident());
        });
  }

  private void print(Call call, AgentStatus status) throws IOException {
    var terminal = call.terminal();
    call.line(terminal.styled(status.settled() ? Style.GOOD : Style.WAITING, headline(status)));
    if (status.waiting() != null) {
      call.line("  " + Printable.of(status.waiting()));
    }
    if (status.held() != null) {
      call.line(terminal.styled(Style.BAD, "  held: " + Printable.of(status.held())));
    }
    String notice = agent.notice();
    if (notice != null) {
      call.line("  " + notice);
    }
    call.line("");
    if (status.folders().isEmpty()) {
      call.line("Folders    none yet; watch one with: dotf add FOLDER");
    }
    String heading = "Folders";
    for (FolderStatus folder : status.folders()) {
      call.line(label(heading) + Printable.of(folder.path().toString()));
      call.line(label("") + counts(folder));
      if (folder.problem() != null) {
        call.line(label("") + terminal.styled(Style.BAD, Printable.of(folder.problem())));
      }
      heading = "";
    }
    AgentStatus.Safety safety = status.safety();
    call.line(
        label("Safety")
            + "%,d safe, %,d only here, %,d at risk, %,d lost"
                .formatted(safety.safe(), safety.onlyHere(), safety.atRisk(), safety.lost())
            + (safety.underway() == 0 ? "" : "; %,d being copied".formatted(safety.underway())));
    AgentStatus.Space space = status.space();
    call.line(
        label("Space")
            + "files %s, store %s, for others %s, trash %s"
                .formatted(
                    Amounts.size(space.originals()),
                    Amounts.size(space.store()),
                    Amounts.size(space.hosted()),
                    Amounts.size(space.trash())));
    call.line(label("") + "given back " + Amounts.size(space.givenBack()));
    List<Peer> peers = node.peers();
    call.line(
        label("Peers")
            + "%d known, %d connected; port %d"
                .formatted(
                    peers.size(), peers.stream().filter(Peer::connected).count(), node.port()));
    heading = "Holders";
    for (HolderDirectories.Row holder : agent.directories().list()) {
      call.line(
          label(heading)
              + (holder.problem() == null
                  ? Printable.of(holder.path().toString())
                  : terminal.styled(Style.WAITING, Printable.of(holder.problem()))));
      heading = "";
    }
    if (call.terminal().verbose()) {
      detail(call);
    }
    if (!keyring.phraseConfirmed()) {
      call.line(
          label("Recovery")
              + terminal.styled(
                  Style.WAITING, "the 24 words are not confirmed yet: dotf phrase --confirm"));
    }
  }

  private static String headline(AgentStatus status) {
    long asking = status.folders().stream().filter(folder -> folder.problem() != null).count();
    if (!status.paused() && asking > 0) {
      return Amounts.count(asking, "folder waits", "folders wait")
          + " for you, as said below; "
          + (status.settled() ? "nothing else is left to do." : "working on what else there is.");
    }
    if (!status.paused()) {
      return status.settled() ? "Settled: nothing is left to do." : "Working.";
    }
    Instant until = status.pausedUntil();
    return "Paused until "
        + (until == null ? "dotf resume" : until.truncatedTo(ChronoUnit.SECONDS))
        + ": nothing is stored, sent or replaced.";
  }

  private void detail(Call call) throws IOException {
    StoreStats stats = store.stats();
    call.line(
        label("Blocks")
            + "%,d, of them %,d for others".formatted(stats.blocks(), stats.hostedBlocks()));
    call.line(label("Node") + node.id());
    call.line(label("Group") + node.group().id());
    call.line(
        label("Memory") + "heap " + Amounts.size(heap()) + ", process " + Amounts.size(resident()));
    call.line(label("Version") + version);
  }

  private static String label(String text) {
    return "%-11s".formatted(text);
  }

  private static String counts(FolderStatus folder) {
    StringBuilder counts =
        new StringBuilder(
            "%s, %s"
                .formatted(
                    Amounts.count(folder.files(), "file", "files"),
                    Amounts.count(folder.stubs(), "stub", "stubs")));
    append(counts, folder.pending(), "pending");
    append(counts, folder.lingering(), "lingering");
    append(counts, folder.skipped(), "skipped");
    return counts.append(folder.keep() ? "; kept: never replaced" : "").toString();
  }

  private static void append(StringBuilder counts, long number, String what) {
    if (number > 0) {
      counts.append(", %,d %s".formatted(number, what));
    }
  }

  private static long heap() {
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** What the system counts as ours; 0 where it does not say. */
  private static long resident() throws IOException {
    if (!Files.isReadable(OWN_STATUS)) {
      return 0;
    }
    for (String line : Files.readAllLines(OWN_STATUS, StandardCharsets.ISO_8859_1)) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
      }
    }
    return 0;
  }
}
