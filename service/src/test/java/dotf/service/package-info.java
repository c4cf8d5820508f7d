@NullMarked
package dotf.service;

import org.jspecify.annotations.NullMarked;
