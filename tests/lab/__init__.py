"""Makes cameras, microphones, speakers and lines that behave as told, so that tests meet the real thing on any Linux."""
