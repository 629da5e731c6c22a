// The headers of TagLib are C++, which only CTagLib.cpp includes.
