package dotf.service;

import dotf.service.cli.CommandLineInterface;

/** Where the program starts. */
public final class Main {
  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    int code = CommandLineInterface.run(arguments);
    System.out.flush();
    System.err.flush();
    // System.exit looks for a logger in every jar first, which takes longer than most commands.
    // Nothing is left to be closed: the daemon has closed all that it opened.
    Runtime.getRuntime().halt(code);
  }
}
