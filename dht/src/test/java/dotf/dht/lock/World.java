package dotf.dht.lock;

import dotf.dht.identity.NodeId;
import dotf.dht.lock.Standing.Phase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Three nodes and two blocks at one moment, and every moment that may follow. The first block is on
 * all nodes, the second on two. A node decides by {@link Standing} alone. A message may arrive at
 * any time, or never: it is lost where it does not.
 */
final class World {
  private static final int NODES = 3;
  private static final int BLOCKS = 2;
  private static final List<NodeId> IDS = List.of(id(0), id(1), id(2));

  /** After the shorter step no lock may be used any more, after the longer one none holds. */
  private static final List<Long> STEPS = List.of(Standing.USE + 1, Standing.LIFE + 1);

  /** The rule, and ways to get it wrong. */
  enum Rule {
    TRUE,
    /** Counts on others without asking them. */
    WITHOUT_LOCKS,
    /** Two that ask each other both get what they ask for, and go. */
    GOES_ALTHOUGH_LOCKED,
    /** Relies on a lock from the moment that the answer came. */
    COUNTS_FROM_THE_ANSWER,
    /** Locks its copy for whoever asks, also while it goes. */
    GIVES_WHILE_GOING
  }

  /**
   * A request, or an answer to one.
   *
   * @param blocks as bits
   * @param asked when the request was sent
   */
  private record Message(boolean answer, int from, int to, int blocks, long asked) {
    Message askedAt(long then) {
      return new Message(answer, from, to, blocks, then);
    }
  }

  private static final Comparator<Message> ORDER =
      Comparator.comparing(Message::answer)
          .thenComparingInt(Message::from)
          .thenComparingInt(Message::to)
          .thenComparingInt(Message::blocks)
          .thenComparingLong(Message::asked);

  private final Rule rule;
  private final int copies;
  private final int blocks;
  private final boolean[][] has = new boolean[NODES][BLOCKS];
  private final Standing[][] standing = new Standing[NODES][BLOCKS];
  private final int[] attempts = new int[NODES];
  private final List<Message> flying = new ArrayList<>();
  private long now;
  private int crashes;
  private int steps;
  private boolean letGo;

  private World(Rule rule, int copies, int blocks) {
    this.rule = rule;
    this.copies = copies;
    this.blocks = blocks;
  }

  /**
   * The beginning: every node may try once to let some of its blocks go.
   *
   * @param blocks how many blocks are ever let go
   * @param crashes how many may happen
   * @param steps how often time may pass
   */
  static World start(Rule rule, int copies, int blocks, int crashes, int steps) {
    World world = new World(rule, copies, blocks);
    for (int node = 0; node < NODES; node++) {
      world.has[node][0] = true;
      world.has[node][1] = node < 2;
      Arrays.fill(world.standing[node], Standing.IDLE);
      world.attempts[node] = 1;
    }
    world.crashes = crashes;
    world.steps = steps;
    return world;
  }

  private static NodeId id(int node) {
    byte[] bytes = new byte[NodeId.BYTES];
    bytes[0] = (byte) node;
    return NodeId.of(bytes);
  }

  private World copy() {
    World copy = new World(rule, copies, blocks);
    for (int node = 0; node < NODES; node++) {
      copy.has[node] = has[node].clone();
      copy.standing[node] = standing[node].clone();
    }
    System.arraycopy(attempts, 0, copy.attempts, 0, NODES);
    copy.flying.addAll(flying);
    copy.now = now;
    copy.crashes = crashes;
    copy.steps = steps;
    copy.letGo = letGo;
    return copy;
  }

  boolean hasLetGo() {
    return letGo;
  }

  /** Whether fewer nodes than {@code copies} hold a block that more held. */
  boolean lacksCopies() {
    return holders(0) < copies || holders(1) < Math.min(copies, 2);
  }

  private int holders(int block) {
    int holders = 0;
    for (boolean[] node : has) {
      holders += node[block] ? 1 : 0;
    }
    return holders;
  }

  private Moment moment() {
    return new Moment(now, now);
  }

  /** Every world that may be next. */
  List<World> next() {
    List<World> next = new ArrayList<>();
    for (int node = 0; node < NODES; node++) {
      for (int wanted = 1; wanted < 1 << blocks; wanted++) {
        asks(node, wanted, next);
      }
      goes(node, next);
      isGone(node, next);
      givesUp(node, next);
      crashes(node, next);
    }
    for (int i = 0; i < flying.size(); i++) {
      if (i == 0 || !flying.get(i).equals(flying.get(i - 1))) {
        arrives(i, next);
      }
    }
    if (steps > 0) {
      passes(STEPS.getFirst(), next);
      if (!somethingGoes()) {
        passes(STEPS.getLast(), next);
      }
    }
    next.forEach(World::simplify);
    return next;
  }

  private void passes(long step, List<World> next) {
    World later = copy();
    later.steps--;
    later.now += step;
    later.forgetTheEnded();
    next.add(later);
  }

  /** The store's writes take minutes at most: so the longer step does not fall into one. */
  private boolean somethingGoes() {
    return Arrays.stream(standing)
        .flatMap(Arrays::stream)
        .anyMatch(one -> one.phase() == Phase.GOING);
  }

  private void forgetTheEnded() {
    for (Standing[] blocks : standing) {
      for (int block = 0; block < BLOCKS; block++) {
        blocks[block] = blocks[block].at(moment());
      }
    }
  }

  private void asks(int node, int wanted, List<World> next) {
    for (int block = 0; block < BLOCKS; block++) {
      boolean may = has[node][block] && standing[node][block].phase() == Phase.KEEPING;
      if (attempts[node] == 0 || ((wanted & 1 << block) != 0 && !may)) {
        return;
      }
    }
    World asked = copy();
    asked.attempts[node]--;
    for (int block = 0; block < BLOCKS; block++) {
      if ((wanted & 1 << block) != 0) {
        asked.standing[node][block] = standing[node][block].ask();
      }
    }
    for (int other = 0; other < NODES; other++) {
      if (other != node) {
        asked.flying.add(new Message(false, node, other, wanted, now));
      }
    }
    next.add(asked);
  }

  private void arrives(int which, List<World> next) {
    World after = copy();
    Message message = after.flying.remove(which);
    if (message.answer) {
      after.takeAnswer(message);
    } else {
      after.answer(message);
    }
    next.add(after);
  }

  /** Leaves out what can change nothing any more, so that equal worlds are known as equal. */
  private void simplify() {
    flying.removeIf(message -> message.answer && isDead(message));
    if (now > Standing.USE) {
      forgetTheOld();
    }
    flying.sort(ORDER);
  }

  /** Whether a lock that was asked for then may not be used any more. */
  private boolean isOld(long asked) {
    return now - asked > Standing.USE;
  }

  private void forgetTheOld() {
    flying.replaceAll(message -> isOld(message.asked) ? message.askedAt(oldest()) : message);
    for (Standing[] blocks : standing) {
      for (int block = 0; block < BLOCKS; block++) {
        Standing mine = blocks[block];
        if (mine.granted().values().stream().anyMatch(this::isOld)) {
          SortedMap<NodeId, Long> left = new TreeMap<>(mine.granted());
          left.values().removeIf(this::isOld);
          blocks[block] = new Standing(mine.phase(), left, mine.given());
        }
      }
    }
  }

  /** For all that is old. */
  private long oldest() {
    return now - Standing.USE - 1;
  }

  private boolean isDead(Message answer) {
    boolean asks = attempts[answer.to] > 0;
    for (Standing one : standing[answer.to]) {
      asks |= one.phase() == Phase.ASKING;
    }
    return !asks || (rule != Rule.COUNTS_FROM_THE_ANSWER && isOld(answer.asked));
  }

  private void answer(Message request) {
    int node = request.to;
    int given = 0;
    for (int block = 0; block < BLOCKS; block++) {
      if ((request.blocks & 1 << block) == 0 || !has[node][block]) {
        continue;
      }
      Standing mine = standing[node][block];
      boolean may =
          switch (rule) {
            case GOES_ALTHOUGH_LOCKED -> mine.phase() != Phase.GOING;
            case GIVES_WHILE_GOING ->
                mine.phase() == Phase.GOING || mine.mayGive(IDS.get(node), IDS.get(request.from));
            default -> mine.mayGive(IDS.get(node), IDS.get(request.from));
          };
      if (may) {
        given |= 1 << block;
        standing[node][block] = mine.give(IDS.get(request.from), moment());
      }
    }
    if (given != 0) {
      flying.add(new Message(true, node, request.from, given, request.asked));
    }
  }

  private void takeAnswer(Message answer) {
    for (int block = 0; block < BLOCKS; block++) {
      if ((answer.blocks & 1 << block) != 0) {
        long since = rule == Rule.COUNTS_FROM_THE_ANSWER ? now : answer.asked;
        standing[answer.to][block] =
            standing[answer.to][block].grant(IDS.get(answer.from), new Moment(since, since));
      }
    }
  }

  private boolean mayGo(int node, int block) {
    Standing mine = standing[node][block];
    return switch (rule) {
      case WITHOUT_LOCKS -> mine.phase() == Phase.ASKING && block == 0;
      case GOES_ALTHOUGH_LOCKED ->
          new Standing(mine.phase(), mine.granted(), Collections.emptySortedMap())
              .mayGo(copies, moment());
      default -> mine.mayGo(copies, moment());
    };
  }

  private void goes(int node, List<World> next) {
    for (int block = 0; block < BLOCKS; block++) {
      if (mayGo(node, block)) {
        World after = copy();
        after.standing[node][block] = standing[node][block].go();
        next.add(after);
      }
    }
  }

  private void isGone(int node, List<World> next) {
    for (int block = 0; block < BLOCKS; block++) {
      if (standing[node][block].phase() == Phase.GOING) {
        World after = copy();
        after.has[node][block] = false;
        after.letGo = true;
        after.standing[node][block] = standing[node][block].end();
        next.add(after);
      }
    }
  }

  private void givesUp(int node, List<World> next) {
    World after = copy();
    boolean any = false;
    for (int block = 0; block < BLOCKS; block++) {
      if (standing[node][block].phase() == Phase.ASKING) {
        any = true;
        after.standing[node][block] = standing[node][block].end();
      }
    }
    if (any) {
      next.add(after);
    }
  }

  /** What was going is gone after a crash, or still there; all that was promised is forgotten. */
  private void crashes(int node, List<World> next) {
    if (crashes == 0) {
      return;
    }
    for (boolean gone : new boolean[] {false, true}) {
      World after = copy();
      after.crashes--;
      for (int block = 0; block < BLOCKS; block++) {
        Standing before = standing[node][block];
        if (gone && before.phase() == Phase.GOING) {
          after.has[node][block] = false;
          after.letGo = true;
        }
        after.standing[node][block] = Standing.IDLE;
      }
      next.add(after);
    }
  }

  @Override
  public String toString() {
    return "at %d: has %s, %s, on their way %s"
        .formatted(now, Arrays.deepToString(has), Arrays.deepToString(standing), flying);
  }

  /** What tells this world from others, as 128 bits; times count from now. */
  Print print() {
    Print print = new Print();
    print.add(crashes);
    print.add(steps);
    for (int node = 0; node < NODES; node++) {
      print.add(attempts[node]);
      for (int block = 0; block < BLOCKS; block++) {
        Standing mine = standing[node][block];
        print.add(mine.phase().name().charAt(0) * 2L + (has[node][block] ? 1 : 0));
        times(print, mine.granted());
        times(print, mine.given());
      }
    }
    for (Message message : flying) {
      print.add(
          (message.from * 4L + message.to) * 8 + message.blocks * 2L + (message.answer ? 1 : 0));
      print.add(message.asked - now);
    }
    return print;
  }

  private void times(Print print, Map<NodeId, Long> times) {
    print.add(times.size());
    times.forEach(
        (node, time) -> {
          print.add(IDS.indexOf(node));
          print.add(time - now);
        });
  }
}
